// Who may see a file: whoever uploaded it, the members of the channel it was sent to, and the account.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { type MediaScene, startMedia, type Who } from '../support/media.ts'

const EVERYBODY: readonly Who[] = ['the account', 'alice', 'bob', 'carol']

/** Alice has uploaded a file. Bob is a member of the channel, Carol of another one. */
async function givenPeople(scene: MediaScene) {
  const { channels } = scene.rest
  const { sid: channelSid } = await channels.create({})
  const { sid: otherSid } = await channels.create({})
  await channels(channelSid).members.create({ identity: 'bob' })
  await channels(otherSid).members.create({ identity: 'carol' })
  const record = await scene.givenMedia('secret', { as: 'alice' })
  return { channel: channels(channelSid), record, path: `${scene.path}/${record.sid}` }
}

async function whoSees(scene: MediaScene, path: string): Promise<Who[]> {
  const answers = await Promise.all(EVERYBODY.map((who) => scene.get(path, who)))
  for (const { status } of answers) expect([200, 401, 403, 404]).toContain(status)
  return EVERYBODY.filter((_, i) => answers[i]?.status === 200)
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a file of no message is for whoever uploaded it', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { path } = await givenPeople(scene)
    for (const where of [path, `${path}/Content`]) {
      expect(await whoSees(scene, where)).toEqual(['the account', 'alice'])
      expect(await scene.get(where, 'bob')).toMatchObject({ status: 403, body: { code: 50107 } })
      expect(await scene.get(where, 'nobody')).toMatchObject({ status: 401, body: { code: 20003 } })
    }
  })

  test('a file of a message is for the members of its channel too, as long as they are members', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { channel, record, path } = await givenPeople(scene)
    await channel.messages.create({ mediaSid: record.sid })
    for (const where of [path, `${path}/Content`]) {
      expect(await whoSees(scene, where)).toEqual(['the account', 'alice', 'bob'])
    }
    await channel.members('bob').remove()
    expect(await whoSees(scene, path)).toEqual(['the account', 'alice'])
    await channel.members.create({ identity: 'carol' })
    expect(await whoSees(scene, path)).toEqual(['the account', 'alice', 'carol'])
  })

  test.each(['message', 'channel', 'service'] as const)(
    'nobody sees the file of a deleted %s',
    async (what) => {
      await using scene = await startMedia('disk', {}, engine)
      const { channel, record, path } = await givenPeople(scene)
      const { sid } = await channel.messages.create({ mediaSid: record.sid })
      expect((await fetch(record.links.content_direct_temporary)).status).toBe(200)
      await { message: channel.messages(sid), channel, service: scene.rest }[what].remove()
      expect(await whoSees(scene, path)).toEqual([])
      expect((await fetch(record.links.content_direct_temporary)).status).toBe(404)
    },
  )

  test('a set of records has each in its place, or says that it is not there', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { channel, record } = await givenPeople(scene)
    const own = await scene.givenMedia('of Bob', { as: 'bob' })
    const hidden = await scene.givenMedia('of Carol', { as: 'carol' })
    await channel.messages.create({ mediaSid: record.sid })
    const unknown = `ME${'0'.repeat(32)}`
    const sids = [own.sid, unknown, record.sid, hidden.sid, 'nonsense', own.sid]
    const { status, body } = await askSet(scene, sids, 'bob')
    expect(status).toBe(200)
    expect(body.map(({ code, media_record: { sid } }: any) => [sid, code])).toEqual([
      ...[
        [own.sid, 200],
        [unknown, 404],
        [record.sid, 200],
        [hidden.sid, 404],
      ],
      ...[
        ['nonsense', 404],
        [own.sid, 200],
      ],
    ])
    const single = await scene.get(`${scene.path}/${record.sid}`, 'bob')
    expect({ ...body[2].media_record, links: {} }).toEqual({ ...single.body, links: {} })
    const link = body[2].media_record.links.content_direct_temporary
    expect(await (await fetch(link)).text()).toBe('secret')
  })
})

function askSet(scene: MediaScene, sids: unknown[], who: Who, command = 'get') {
  const list = sids.map((sid) => ({ media_sid: sid }))
  return postSet(scene, JSON.stringify({ command, list }), who)
}

async function postSet(scene: MediaScene, body: string, who: Who) {
  const headers = { ...(await scene.headersOf(who)), 'content-type': 'application/json' }
  return scene.server.request('POST', `${scene.path}Set`, { auth: null, headers, body })
}

test('a set that is none is refused', async () => {
  await using scene = await startMedia()
  const refused = { status: 400, body: { code: 20001 } }
  for (const body of [
    '',
    'null',
    '[]',
    '{}',
    '{"command":"get"}',
    '{"command":"get","list":{}}',
    '{"list":[]}',
  ]) {
    expect(await postSet(scene, body, 'alice'), body).toMatchObject(refused)
  }
  for (const list of ['[null]', '[{}]', '["ME"]', '[{"media_sid":1}]']) {
    expect(await postSet(scene, `{"command":"get","list":${list}}`, 'alice'), list).toMatchObject(refused)
  }
  expect(await askSet(scene, ['ME'], 'alice', 'delete')).toMatchObject(refused)
  expect(await askSet(scene, Array(101).fill('ME'), 'alice')).toMatchObject(refused)
  expect(await askSet(scene, [], 'alice')).toMatchObject({ status: 200, body: [] })
  expect(await askSet(scene, Array(100).fill('ME'), 'alice')).toMatchObject({ status: 200 })
  expect(await askSet(scene, [], 'nobody')).toMatchObject({ status: 401, body: { code: 20003 } })
})

test('what there is not', async () => {
  await using scene = await startMedia()
  const { sid } = await scene.givenMedia()
  const other = await (await scene.server.givenService()).fetch()
  const elsewhere = `/v1/Services/${other.sid}/Media/${sid}`
  for (const path of [
    `${scene.path}/ME${'0'.repeat(32)}`,
    `${scene.path}/cat`,
    `${scene.path}/%00`,
    elsewhere,
  ]) {
    for (const where of [path, `${path}/Content`]) {
      expect(await scene.get(where), where).toMatchObject({ status: 404, body: { code: 20404 } })
    }
  }
  expect((await scene.get(`${scene.path}/${sid.toUpperCase()}`)).status).toBe(200)
  const nowhere = `/v1/Services/IS${'0'.repeat(32)}/Media/${sid}`
  expect(await scene.get(nowhere)).toMatchObject({ status: 403, body: { code: 50050 } })
})
