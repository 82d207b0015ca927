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

/** Someone with this identity who may do anything to anybody. */
async function admin(identity: string, ...others: string[]) {
  const scene = await setting(identity, ...others)
  const [role] = (await realtime.service.roles.list()).filter((one) => one.friendlyName === 'service admin')
  const userOf = async (one: string) =>
    (await realtime.service.users.list()).find((user) => user.identity === one)
  const self = await userOf(identity)
  await realtime.service.users(self?.sid ?? '').update({ roleSid: role?.sid ?? '' })
  const nameOf = async (one: string) => (await userOf(one))?.friendlyName
  return { ...scene, nameOf }
}

test('a cut name never removes or renames somebody else, whatever the caller may do', async () => {
  const { client, sid, channel, users, nameOf } = await admin('q?x=1', 'q', 'other')
  const params = { x: '1' }
  const body = { friendly_name: 'Mine' }
  expect((await client.request('POST', `${users}/q`, { params, body })).status).toBe(200)
  expect([await nameOf('q?x=1'), await nameOf('q')]).toEqual(['Mine', null])
  expect((await client.request('DELETE', `${channel}/Participants/q`, { params })).status).toBe(204)
  expect(await membersOf(sid)).toEqual(['q', 'other'])
  // Gone: the second time it is nobody.
  expect((await client.request('DELETE', `${channel}/Participants/q`, { params })).status).toBe(404)
  expect(await membersOf(sid)).toEqual(['q', 'other'])
})

test('where a cut name can be the caller or somebody else, nobody is meant', async () => {
  const { client, sid, channel, users, nameOf } = await admin('h#x', 'h', 'other')
  const body = { friendly_name: 'Mine' }
  expect((await client.request('POST', `${users}/h`, { body })).status).toBe(404)
  expect([await nameOf('h#x'), await nameOf('h')]).toEqual([null, null])
  expect((await client.request('DELETE', `${channel}/Participants/h`)).status).toBe(404)
  expect(await membersOf(sid)).toEqual(['h#x', 'h', 'other'])
  expect((await client.request('DELETE', `${channel}/Participants/other`)).status).toBe(204)
})

test('the rest of a cut name is found again for somebody else, too', async () => {
  const { client, sid, channel } = await admin('boss', 'q?y=2', 'q')
  const path = `${channel}/Participants/q`
  expect((await client.request('DELETE', path, { params: { y: '2' } })).status).toBe(204)
  expect(await membersOf(sid)).toEqual(['boss', 'q'])
})

test('an identity that looks like the sid of a member gets in and out', async () => {
  const identity = `MB${'1'.repeat(32)}`
  const { client, sid, channel } = await setting(identity, 'other')
  expect((await client.request('DELETE', `${channel}/Participants/${identity}`)).status).toBe(204)
  expect(await membersOf(sid)).toEqual(['other'])
})
