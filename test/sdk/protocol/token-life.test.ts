// The end of a token's life, and its renewal (§2.6, §2.7).
import { expect, test } from 'vitest'
import { type Realtime, startRealtime } from '../../support/realtime.ts'
import type { TokenOptions } from '../../support/tokens.ts'
import type { Twilsock } from '../../support/twilsock.ts'

async function clientWith(realtime: Realtime, options: TokenOptions): Promise<Twilsock> {
  const client = await realtime.socket()
  await client.init(realtime.token('alice', options))
  return client
}

function warnings(client: Twilsock): object[] {
  return client.frames.map(({ header }) => header).filter(({ method }) => method === 'client_update')
}

test('a client is warned three minutes before the end, ended at the end, and goes on with a new token', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  const [lasting, warned, renewed, ended] = await Promise.all(
    [3_600, 186, 6, 6].map((ttl) => clientWith(realtime, { ttl })),
  )
  if (!lasting || !warned || !renewed || !ended) throw new Error('Four clients are needed')
  await renewed.waitFor('the warning', ({ header }) => header.method === 'client_update')
  const before = warnings(warned)
  const { header } = await renewed.exchange({ method: 'update', token: realtime.token('alice') })
  const closing = await ended.closeFrame(30_000)
  await warned.waitFor('the warning', ({ header }) => header.method === 'client_update')

  expect(header.status).toMatchObject({ code: 200 })
  expect(warnings(renewed)).toMatchObject([{ client_update_type: 'token_about_to_expire' }])
  expect(before, 'not before its time').toEqual([])
  expect(closing.header.status).toMatchObject({ code: 410, errorCode: 20104 })
  await ended.closed
  expect(warnings(lasting)).toEqual([])
  for (const client of [lasting, warned, renewed]) {
    expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
  }
})
