// Which notifications reach which client: registered types (§2.9, §2.10) and typing (§10).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { allSyncEvents, openObject, pathOf, subscribe } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const TYPING = 'twilio.ipmsg.typing_indicator'
const SYNC = [
  'twilio.sync.event',
  'com.twilio.rtd.cds.document',
  'com.twilio.rtd.cds.list',
  'com.twilio.rtd.cds.map',
]

function typingOf(client: Twilsock): unknown[] {
  return client.frames.filter(({ header }) => header.message_type === TYPING).map(({ payload }) => payload)
}

async function watchRoster(client: Twilsock, roster: string): Promise<void> {
  const { sid, last_event_id } = await openObject(client, 'map', roster)
  await subscribe(client, [{ object_sid: sid, object_type: 'map', last_event_id }])
}

/** By the path of 5.x and later, or by that of 3.x and 4.x. */
async function type(client: Twilsock, channelSid: string, path?: string) {
  const { links } = await configurationOf(client)
  return client.request('POST', path ?? pathOf(links.typing ?? ''), {
    body: `ChannelSid=${channelSid}`,
    payloadType: 'application/x-www-form-urlencoded',
  })
}

test.each([undefined, '/v1/typing'])(
  'typing by %s is told to the other members, with a second of allowance',
  async (path) => {
    const { sid, roster } = await realtime.givenChannel('alice', 'bob')
    const [alice, bob, bobsTab] = [
      await realtime.client('alice'),
      await realtime.client('bob'),
      await realtime.client('bob'),
    ]
    for (const client of [alice, bob, bobsTab]) await watchRoster(client, roster)
    const { status, body } = await type(bob, sid, path)
    await until('the typing indicator', () => typingOf(alice).length > 0)
    await bobsTab.request('GET', '/Client/v1/Configuration')

    expect({ status, body }).toEqual({ status: 200, body: { typing_timeout: 5 } })
    expect(typingOf(alice)).toEqual([{ channel_sid: sid, identity: 'bob', typing_timeout: 6 }])
    expect([...typingOf(bob), ...typingOf(bobsTab)]).toEqual([])
  },
)

test('who is no member neither types nor is told', async () => {
  const { sid, roster } = await realtime.givenChannel('alice')
  const [alice, mallory] = [await realtime.client('alice'), await realtime.client('mallory')]
  await watchRoster(alice, roster)
  const { status, body } = await type(mallory, sid)
  await alice.request('GET', '/Client/v1/Configuration')

  expect({ status, code: body.code }).toMatchObject({ status: 403, code: expect.any(Number) })
  expect(typingOf(alice)).toEqual([])
})

test('a client is told only of the types it has registered', async () => {
  const { sid, roster } = await realtime.givenChannel('alice', 'bob')
  const [deaf, hearing, bob] = [
    await realtime.client('alice', {
      registrations: [{ product: 'ip_messaging', type: 'ers', message_types: SYNC }],
    }),
    await realtime.client('alice'),
    await realtime.client('bob'),
  ]
  for (const client of [deaf, hearing]) await watchRoster(client, roster)
  await type(bob, sid)
  await until('the typing indicator', () => typingOf(hearing).length > 0)
  await deaf.request('GET', '/Client/v1/Configuration')
  expect(typingOf(deaf)).toEqual([])
})

test('notification contexts are put, put again with more, and deleted', async () => {
  const { sid, roster } = await realtime.givenChannel('alice', 'bob')
  const alice = await realtime.client('alice', { registrations: null })
  const bob = await realtime.client('bob')
  const put = (message_types: string[]) =>
    alice.exchange(
      { method: 'put_notification_ctx', notification_ctx_id: 'ctx-1' },
      {
        product_id: 'ip_messaging',
        notification_protocol_version: 4,
        endpoint_platform: 'web',
        message_types,
      },
    )
  expect((await put(SYNC)).header.status).toMatchObject({ code: 200 })
  await watchRoster(alice, roster)
  await type(bob, sid)
  expect((await put([...SYNC, TYPING])).header.status).toMatchObject({ code: 200 })
  await type(bob, sid)
  await until('the typing indicator', () => typingOf(alice).length > 0)
  expect(typingOf(alice)).toHaveLength(1)

  const { header } = await alice.exchange({ method: 'delete_notification_ctx', notification_ctx_id: 'ctx-1' })
  expect(header.status).toMatchObject({ code: 200 })
  await type(bob, sid)
  await alice.request('GET', '/Client/v1/Configuration')
  expect(typingOf(alice)).toHaveLength(1)
})

test('a context that is put again keeps the subscriptions', async () => {
  const { sid, roster } = await realtime.givenChannel('alice')
  const alice = await realtime.client('alice')
  await watchRoster(alice, roster)
  await alice.exchange({ method: 'put_notification_ctx', notification_ctx_id: 'x' }, { message_types: SYNC })
  await realtime.service.channels(sid).members.create({ identity: 'carol' })

  await until('carol', () =>
    allSyncEvents(alice.frames).some(({ event }) => event.item_data?.identity === 'carol'),
  )
})
