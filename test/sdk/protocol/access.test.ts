// Who may open, read and watch what (§5, §6, §16.5).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, SIGNER, startRealtime } from '../../support/realtime.ts'
import {
  allSyncEvents,
  type ObjectType,
  openObject,
  pathOf,
  readItems,
  subscribe,
} from '../../support/sync-events.ts'
import { mintToken } from '../../support/tokens.ts'
import type { Twilsock } from '../../support/twilsock.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const COLLECTION = { document: 'Documents', map: 'Maps', list: 'Lists' }

async function openAs(client: Twilsock, type: ObjectType, name: string) {
  const { status, body } = await client.request('GET', `/v3/${COLLECTION[type]}/${encodeURIComponent(name)}`)
  return status === 200 ? 200 : `${status}/${body.code}`
}

test('the documents of public channels are for everybody, lists and rosters for members', async () => {
  const { document, list, roster } = await realtime.givenChannel('alice')
  const alice = await realtime.client('alice')
  const bob = await realtime.client('bob')

  expect(await openAs(alice, 'document', document)).toBe(200)
  expect(await openAs(alice, 'list', list)).toBe(200)
  expect(await openAs(alice, 'map', roster)).toBe(200)
  expect(await openAs(bob, 'document', document)).toBe(200)
  expect(await openAs(bob, 'list', list)).toBe('403/54007')
  expect(await openAs(bob, 'map', roster)).toBe('403/54007')
})

test('the document of a private channel is for its members and invited users', async () => {
  const { sid } = await realtime.service.channels.create({ type: 'private' })
  await realtime.service.channels(sid).members.create({ identity: 'alice' })
  const [alice, bob, carol] = [
    await realtime.client('alice'),
    await realtime.client('bob'),
    await realtime.client('carol'),
  ]
  await realtime.service.channels(sid).invites.create({ identity: 'carol' })

  expect(await openAs(alice, 'document', `${sid}.channel`)).toBe(200)
  expect(await openAs(carol, 'document', `${sid}.channel`)).toBe(200)
  expect(await openAs(carol, 'list', `${sid}.messages`)).toBe('403/54007')
  expect(await openAs(bob, 'document', `${sid}.channel`)).toBe('404/54100')
})

test('a user’s channels are for that user alone, what others may know of a user is for everybody', async () => {
  const alice = await realtime.client('alice')
  const bob = await realtime.client('bob')
  const { myChannels, myInfo } = await configurationOf(alice)

  expect(await openAs(alice, 'map', myChannels)).toBe(200)
  expect(await openAs(bob, 'map', myChannels)).toBe('403/54007')
  expect(await openAs(bob, 'map', myInfo)).toBe(200)
  const opened = await openObject(alice, 'map', myChannels)
  expect(await openAs(bob, 'map', opened.sid)).toBe('403/54007')
})

test('names and SIDs lead to the same object', async () => {
  const { document, list, roster } = await realtime.givenChannel('alice')
  const alice = await realtime.client('alice')
  const objects: [ObjectType, string][] = [
    ['document', document],
    ['list', list],
    ['map', roster],
  ]
  for (const [type, name] of objects) {
    const byName = await openObject(alice, type, name)
    expect(byName.unique_name).toBe(name)
    expect(await openObject(alice, type, byName.sid)).toEqual(byName)
  }
})

test.each<[ObjectType, string]>([
  ['document', '404/54100'],
  ['list', '404/54150'],
  ['map', '404/54200'],
])('an unknown %s is answered %s', async (type, answer) => {
  const client = await realtime.client('alice')
  const prefix = { document: 'ET', list: 'ES', map: 'MP' }[type]
  const names = [
    'nothing',
    `CH${'0'.repeat(32)}.nothing`,
    `${prefix}${'0'.repeat(32)}`,
    '..',
    '%',
    'a/b',
    '\u0000',
    'x'.repeat(5_000),
  ]

  for (const name of names) expect(await openAs(client, type, name), name.slice(0, 50)).toBe(answer)
})

test('items are read only by who may open the object', async () => {
  const { list, roster } = await realtime.givenChannel('alice')
  const [alice, bob] = [await realtime.client('alice'), await realtime.client('bob')]
  for (const [type, name] of [
    ['list', list],
    ['map', roster],
  ] as const) {
    const { links } = await openObject(alice, type, name)
    const { status, body } = await bob.request('GET', pathOf(links.items))
    expect({ status, code: body.code }).toEqual({ status: 403, code: 54007 })
  }
})

test('clients write nothing into these objects', async () => {
  const { sid, document, list, roster } = await realtime.givenChannel('alice')
  await realtime.say(sid, 'said')
  const alice = await realtime.client('alice')
  const readAll = async () => {
    const [listed, mapped] = [await openObject(alice, 'list', list), await openObject(alice, 'map', roster)]
    return {
      document: await openObject(alice, 'document', document),
      list: { ...listed, items: await readItems(alice, listed) },
      roster: { ...mapped, items: await readItems(alice, mapped) },
    }
  }
  const before = await readAll()
  expect([before.list.items.length, before.roster.items.length]).toEqual([1, 1])
  const documentSid = before.document.sid
  const listItems = pathOf(before.list.links.items)
  const rosterItems = pathOf(before.roster.links.items)
  const data = { data: { text: 'forged', identity: 'mallory' } }
  const writes: [string, string][] = [
    ['POST', `/v3/Documents/${documentSid}`],
    ['DELETE', `/v3/Documents/${documentSid}`],
    ['POST', listItems],
    ['POST', `${listItems}/0`],
    ['DELETE', `${listItems}/0`],
    ['POST', rosterItems],
    ['PUT', `${rosterItems}/${before.roster.items[0].key}`],
    ['PUT', `${rosterItems}/MB${'0'.repeat(32)}`],
    ['POST', '/v3/Documents'],
    ['POST', '/v3/Maps'],
    ['POST', '/v3/Lists'],
  ]
  for (const [method, path] of writes) {
    const { status, body } = await alice.request(method, path, { body: data })
    expect({ status, code: body.code }, `${method} ${path}`).toEqual({ status: 403, code: 54007 })
  }
  expect(await readAll()).toEqual(before)
})

const REFUSED = { status: 403, code: 50107 }

/** The path of a channel's conversation, and what a change of it, or below it, is answered. */
function changesOf(sid: string) {
  const channel = `/Client/v2/Services/${realtime.serviceSid}/Conversations/${sid}`
  return async (client: Twilsock, below: string, change: object) => {
    const { status, body } = await client.request('POST', `${channel}${below}`, { body: change })
    return status === 200 ? body : { status, code: body.code }
  }
}

test('an empty change of a message is for those who may make a real one', async () => {
  const { sid: channelSid } = await realtime.service.channels.create({ type: 'private' })
  const channel = realtime.service.channels(channelSid)
  const [alice, bob, carol] = [
    await realtime.client('alice'),
    await realtime.client('bob'),
    await realtime.client('carol'),
  ]
  for (const identity of ['alice', 'bob']) await channel.members.create({ identity })
  const { sid } = await channel.messages.create({ from: 'alice', body: 'for members only' })
  await channel.members('bob').remove()
  const post = changesOf(channelSid)

  for (const outsider of [bob, carol]) {
    for (const change of [{ body: 'forged' }, { attributes: '{}' }, {}]) {
      expect(await post(outsider, `/Messages/${sid}`, change)).toEqual(REFUSED)
    }
  }
  expect(await post(alice, `/Messages/${sid}`, {})).toMatchObject({ sid, body: 'for members only' })
})

test('an empty change of a member is for that member and those who may change any', async () => {
  const { sid } = await realtime.givenChannel('alice', 'bob')
  const [alice, carol] = [await realtime.client('alice'), await realtime.client('carol')]
  const post = changesOf(sid)

  for (const client of [alice, carol]) {
    for (const change of [{ attributes: '{}' }, {}]) {
      expect(await post(client, '/Participants/bob', change)).toEqual(REFUSED)
    }
  }
  expect(await post(alice, '/Participants/alice', {})).toMatchObject({ identity: 'alice' })
})

test('an empty change of a channel is for those who may edit something of it', async () => {
  const { sid } = await realtime.givenChannel('alice')
  const [alice, carol] = [await realtime.client('alice'), await realtime.client('carol')]
  const post = changesOf(sid)
  for (const client of [alice, carol]) {
    for (const change of [{ friendly_name: 'forged' }, { attributes: '{}' }, {}]) {
      expect(await post(client, '', change)).toEqual(REFUSED)
    }
  }

  const [admin] = (await realtime.service.roles.list()).filter((one) => one.friendlyName === 'channel admin')
  await realtime.service.channels(sid).members('alice').update({ roleSid: admin?.sid })
  expect(await post(alice, '', {})).toMatchObject({ sid })
})

test('watching what one may not see fails, and tells nothing', async () => {
  const { sid, list, roster } = await realtime.givenChannel('alice')
  const [alice, bob] = [await realtime.client('alice'), await realtime.client('bob')]
  const wanted = [
    {
      object_sid: (await openObject(alice, 'list', list)).sid,
      object_type: 'list' as const,
      last_event_id: 0,
    },
    {
      object_sid: (await openObject(alice, 'map', roster)).sid,
      object_type: 'map' as const,
      last_event_id: 0,
    },
    { object_sid: `ES${'0'.repeat(32)}`, object_type: 'list' as const, last_event_id: 0 },
    { object_sid: 'nonsense', object_type: 'map' as const, last_event_id: 0 },
  ]
  const confirmations = await subscribe(bob, wanted)
  await realtime.say(sid, 'for members only')
  await bob.request('GET', '/Client/v1/Configuration')

  const failures = confirmations.map(({ type, object, event }) => `${type} ${object} ${event.error.status}`)
  const expected = wanted.map(({ object_sid }, i) => `subscription_failed ${object_sid} ${i < 2 ? 403 : 404}`)
  expect(failures.sort()).toEqual(expected.sort())
  expect(allSyncEvents(bob.frames)).toEqual(confirmations)
})

test('one service does not exist for the users of another', async () => {
  const { sid, document, list } = await realtime.givenChannel('alice')
  const alice = await realtime.client('alice')
  const { myInfo } = await configurationOf(alice)
  const { sid: otherSid } = await (await realtime.server.givenService()).fetch()
  const stranger = await realtime.socket()
  await stranger.init(mintToken(SIGNER, otherSid, 'alice'))
  const { links } = await configurationOf(stranger)

  expect(await openAs(stranger, 'document', document)).toBe('404/54100')
  expect(await openAs(stranger, 'list', list)).toBe('404/54150')
  expect(await openAs(stranger, 'map', myInfo)).toBe('404/54200')
  const sids = [
    (await openObject(alice, 'document', document)).sid,
    (await openObject(alice, 'list', list)).sid,
  ]
  const [documentWanted, listWanted] = sids
  const confirmations = await subscribe(stranger, [
    { object_sid: documentWanted ?? '', object_type: 'document', last_event_id: 0 },
    { object_sid: listWanted ?? '', object_type: 'list', last_event_id: 0 },
  ])
  expect(confirmations.map(({ type }) => type)).toEqual(['subscription_failed', 'subscription_failed'])
  const foreign = await configurationOf(alice)
  for (const conversations of [links.conversations, foreign.links.conversations]) {
    const { status, body } = await stranger.request('GET', `${pathOf(conversations ?? '')}/${sid}`)
    expect({ status, code: body.code }).toEqual({ status: 404, code: 50300 })
  }
})

test('who may not change members does not learn who is one', async () => {
  const { sid } = await realtime.givenChannel('alice')
  const [member] = await realtime.service.channels(sid).members.list()
  const mallory = await realtime.client('mallory')
  const { links } = await configurationOf(mallory)
  const people = `${pathOf(links.conversations ?? '')}/${sid}/Participants`
  for (const key of ['alice', member?.sid, 'nobody', `MB${'0'.repeat(32)}`]) {
    for (const method of ['POST', 'DELETE']) {
      const { status, body } = await mallory.request(method, `${people}/${key}`, { body: {} })
      expect([status, body.code], `${method} ${key}`).toEqual([403, 50107])
    }
  }
  // Everyone may know this of oneself.
  expect((await mallory.request('DELETE', `${people}/mallory`)).body.code).toBe(50402)
})

test('nor does a command of a session tell it', async () => {
  const { sid: channelSid } = await realtime.givenChannel('alice')
  const [member] = await realtime.service.channels(channelSid).members.list()
  const mallory = await realtime.client('mallory')
  const { body } = await mallory.request('POST', '/v3/Lists', { body: { purpose: 'com.twilio.rtd.ipmsg' } })
  await subscribe(mallory, [{ object_sid: body.sid, object_type: 'list', last_event_id: 0 }])
  const answerTo = async (request: object): Promise<number | undefined> => {
    const before = mallory.frames.length
    const data = { commandId: 'c', request: { channelSid, ...request } }
    await mallory.request('POST', pathOf(body.links.items), { body: { data } })
    const events = allSyncEvents(mallory.frames.slice(before))
    return events.find(({ event }) => event.item_data?.response)?.event.item_data.response.status
  }
  for (const key of [member?.sid, `MB${'0'.repeat(32)}`, 'alice', 'nobody']) {
    expect(await answerTo({ action: 'removeMember', memberSid: key }), key).toBe(50107)
    expect(await answerTo({ action: 'removeMember', username: key }), key).toBe(50107)
    expect(await answerTo({ action: 'editMemberAttributes', memberSid: key, attributes: '{}' }), key).toBe(
      50107,
    )
  }
  expect(await answerTo({ action: 'leaveChannel' })).toBe(50402)
})
