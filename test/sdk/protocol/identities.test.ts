// Identities that 5.x and 6.x put into URLs without encoding them (§8.4).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { pathOf } from '../../support/sync-events.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const PLAIN = ['alice', 'a@b.example', 'a/b/c', 'a b+c', 'ü 💥', '100%', '%41', 'a%2Fb', 'Messages', '..']

async function setting(...identities: string[]) {
  const { sid } = await realtime.givenChannel(...identities)
  const client = await realtime.client(identities[0] ?? '')
  const { links } = await configurationOf(client)
  return {
    client,
    sid,
    channel: `${pathOf(links.conversations ?? '')}/${sid}`,
    users: pathOf(links.users ?? ''),
  }
}

async function membersOf(sid: string): Promise<string[]> {
  return (await realtime.service.channels(sid).members.list()).map(({ identity }) => identity)
}

test.each(PLAIN)('%j reads and changes its own profile, and leaves, by the raw path', async (identity) => {
  const { client, sid, channel, users } = await setting(identity, 'other')
  const { status, body } = await client.request('GET', `${users}/${identity}`)
  expect({ status, identity: body.identity }).toEqual({ status: 200, identity })
  expect(
    (await client.request('POST', `${users}/${identity}`, { body: { friendly_name: 'me' } })).status,
  ).toBe(200)

  const left = await client.request('DELETE', `${channel}/Participants/${identity}`)
  expect(left.status, JSON.stringify(left.body)).toBeLessThan(300)
  expect(await membersOf(sid)).toEqual(['other'])
})

test.each(PLAIN.filter((identity) => !identity.includes('%')))(
  '%j leaves by the encoded path, as conversations sends it',
  async (identity) => {
    const { client, sid, channel } = await setting(identity, 'other')
    const { status } = await client.request(
      'DELETE',
      `${channel}/Participants/${encodeURIComponent(identity)}`,
    )

    expect(status).toBeLessThan(300)
    expect(await membersOf(sid)).toEqual(['other'])
  },
)

test.each<[string, string, Record<string, string>]>([
  ['q?x=1', 'q', { x: '1' }],
  ['h#x', 'h', {}],
])('%j leaves although the client cuts its name to %j', async (identity, cut, params) => {
  const { client, sid, channel } = await setting(identity, 'other')
  const { status } = await client.request('DELETE', `${channel}/Participants/${cut}`, { params })

  expect(status).toBeLessThan(300)
  expect(await membersOf(sid)).toEqual(['other'])
})

test('a cut name never removes somebody else', async () => {
  const { client, sid, channel } = await setting('q?x=1', 'q')
  await client.request('DELETE', `${channel}/Participants/q`, { params: { x: '1' } })

  expect(await membersOf(sid)).toContain('q')
})
