// Values that are nested so deeply that they can be read but not written again: refused, like any other wrong value.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { pathOf } from '../../support/sync-events.ts'

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
const DEEP = deep(100_000)
/** Fits into a message before the sign-in. */
const SHORT = deep(10_000)

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

test('attributes of everything', async () => {
  const { sid } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { links } = await configurationOf(client)
  const channels = pathOf(links.conversations ?? '')
  const paths = [
    channels,
    `${channels}/${sid}`,
    `${channels}/${sid}/Messages`,
    `${channels}/${sid}/Participants`,
  ]
  for (const path of [...paths, `${pathOf(links.users ?? '')}/alice`]) {
    const { status, body } = await client.request('POST', path, {
      body: `{"identity":"bob","attributes":${DEEP}}`,
    })
    expect([status, body.code], path).toEqual([400, 50304])
  }
})

test('a command of a session', async () => {
  const client = await realtime.client('alice')
  const created = await client.request('POST', '/v3/Lists', { body: { purpose: 'com.twilio.rtd.ipmsg' } })
  const { status, body } = await client.request('POST', pathOf(created.body.links.items), {
    body: `{"data":{"commandId":"c","request":{"action":"createChannel","attributes":${DEEP}}}}`,
  })
  expect([status, body.code]).toEqual([400, 20001])
})

test('registrations of a sign-in', async () => {
  const client = await realtime.socket()
  const registration = `{"product":${SHORT},"type":${SHORT},"message_types":${SHORT}}`
  const header = `{"method":"init","id":"TM1","token":"${realtime.token('alice')}","registrations":[${registration}]}`
  client.sendBytes(`TWILSOCK V3.0 ${header.length}\r\n${header}\r\n`)
  expect((await client.reply('TM1')).header.status).toMatchObject({ code: 200 })
})
