// Rows of deleted channels and services go in the background, step by step.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AccountCaller } from '../../src/chat/caller.ts'
import { createChannel } from '../../src/chat/channels.ts'
import { createRole } from '../../src/chat/roles.ts'
import { createService, deleteService } from '../../src/chat/services.ts'
import { createUser } from '../../src/chat/users.ts'
import type { Sid } from '../../src/lib/sid.ts'
import { saveBinding } from '../../src/store/bindings.ts'
import { insertChannelWebhook } from '../../src/store/channel-webhooks.ts'
import { type Channel, insertChannel } from '../../src/store/channels.ts'
import type { Database, Queryable, Tx } from '../../src/store/database.ts'
import { insertDelivery } from '../../src/store/deliveries.ts'
import { insertInvite } from '../../src/store/invites.ts'
import { insertMedia } from '../../src/store/media.ts'
import { insertMember } from '../../src/store/members.ts'
import { insertMessage } from '../../src/store/messages.ts'
import { purgeChannelStep, purgeServiceStep } from '../../src/store/purge.ts'
import { insertPushEvent } from '../../src/store/push-events.ts'
import { insertPush } from '../../src/store/pushes.ts'
import { insertRole } from '../../src/store/roles.ts'
import { insertService } from '../../src/store/services.ts'
import { type Sql, sql } from '../../src/store/sql.ts'
import { saveUserChannel } from '../../src/store/user-channels.ts'
import { insertUser, type User } from '../../src/store/users.ts'
import { startOn } from '../support/apps.ts'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import * as full from '../support/full-rows.ts'
import { ACCOUNT_SID, officialClient, startServer } from '../support/server.ts'
import { givenStore, openExisting } from '../support/stores.ts'

const MESSAGES = 520
/** Discarded rows wait for their files to be deleted: the purge is done with them. */
const MEDIA = sql`(select * from media where discarded = 0) as media`
const MESSAGES_WITH_CHANNEL = sql`
  (select m.*, c.sid as channel_sid from messages m join channels c on c.number = m.place >> 32) as messages`
const TABLES: readonly Sql[] = [
  ...[sql`services`, sql`roles`, sql`users`, sql`bindings`, sql`channels`, sql`members`, sql`messages`],
  ...[sql`invites`, sql`channel_webhooks`, MEDIA, sql`user_channels`, sql`deliveries`],
  ...[sql`push_events`, sql`pushes`],
]

type Scene = { service: Sid<'IS'>; channel: Sid<'CH'>; otherChannel: Sid<'CH'> }

const times = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** A service with two full channels: 520 messages, 30 members and some of everything else in each. */
async function givenScene(db: Database): Promise<Scene> {
  const service = { ...full.fullService(), accountSid: ACCOUNT_SID as Sid<'AC'> }
  const serviceSid = service.sid
  const users = times(30).map(() => ({ ...full.fullUser(), serviceSid }))
  const channel = { ...full.fullChannel(), serviceSid }
  const otherChannel = { ...full.fullChannel(), serviceSid }
  await db.transaction(async (tx) => {
    await insertService(tx, service)
    for (const _ of times(4)) await insertRole(tx, { ...full.fullRole(), serviceSid })
    for (const _ of times(30)) {
      await insertDelivery(tx, { ...full.fullDelivery(), serviceSid })
      await insertPush(tx, { ...full.fullPush(), serviceSid })
      await insertPushEvent(tx, { ...full.fullPushEvent(), serviceSid })
    }
    for (const user of users) {
      await insertUser(tx, user)
      await saveBinding(tx, { ...full.fullBinding(), serviceSid, userSid: user.sid })
    }
    await insertFullChannel(tx, channel, users)
    await insertFullChannel(tx, otherChannel, users)
    const unattached = { channelSid: null, messageSid: null, createdAt: Date.now() }
    await insertMedia(tx, { ...full.fullMedia(), serviceSid, ...unattached })
  })
  return { service: serviceSid, channel: channel.sid, otherChannel: otherChannel.sid }
}

async function insertFullChannel(tx: Tx, channel: Channel, users: User[]): Promise<void> {
  const place = { serviceSid: channel.serviceSid, channelSid: channel.sid }
  await insertChannel(tx, channel)
  for (const _ of times(MESSAGES)) insertMessage(tx, channel, { ...full.fullMessage(), ...place })
  for (const { sid: userSid, identity } of users) {
    await insertMember(tx, { ...full.fullMember(), ...place, userSid, identity })
    const item = { ...full.fullUserChannel(), deleted: 0, status: 'joined' as const }
    await saveUserChannel(tx, { ...item, userSid, channelSid: channel.sid })
  }
  for (const _ of times(3)) {
    await insertInvite(tx, { ...full.fullInvite(), ...place })
    await insertChannelWebhook(tx, { ...full.fullChannelWebhook(), ...place })
    await insertMedia(tx, { ...full.fullMedia(), ...place })
  }
}

/** How many rows there are in all tables, of one channel or of everything. */
async function countRows(db: Queryable, channel?: Sid<'CH'>): Promise<number> {
  let total = 0
  for (const table of channel ? CHANNEL_TABLES : TABLES) {
    const where = channel ? sql`where channel_sid = ${channel}` : sql``
    const row = await db.one<{ rows: number }>(sql`select count(*) as rows from ${table} ${where}`)
    total += row?.rows ?? 0
  }
  return total
}

const CHANNEL_TABLES: readonly Sql[] = [
  ...[sql`members`, MESSAGES_WITH_CHANNEL, sql`invites`, sql`channel_webhooks`, MEDIA],
]

/** Steps until nothing is left; how many rows each step took. */
async function stepThrough(db: Database, step: () => Promise<boolean>): Promise<number[]> {
  const taken: number[] = []
  let before = await countRows(db)
  while (await step()) {
    const after = await countRows(db)
    taken.push(before - after)
    before = after
  }
  return taken
}

const isLeft = async (db: Queryable, channel: Sid<'CH'>): Promise<boolean> =>
  (await db.one(sql`select 1 as found from channels where sid = ${channel}`)) !== undefined

afterEach(() => void vi.useRealTimers())

describe.each(ENGINES)('%s', (engine) => {
  test('a step takes at most as many rows as it may, and only of the deleted channel', async () => {
    await using store = await givenStore(engine)
    const { db } = store
    const { channel, otherChannel } = await givenScene(db)
    const other = await countRows(db, otherChannel)
    const all = await countRows(db)
    await db.transaction((tx) => tx.run(sql`update channels set deleted = 1 where sid = ${channel}`))
    const taken = await stepThrough(db, () => db.transaction((tx) => purgeChannelStep(tx, channel, 100)))

    expect(Math.max(...taken)).toBeLessThanOrEqual(100)
    expect(Math.min(...taken)).toBeGreaterThan(0)
    expect(await countRows(db, channel)).toBe(0)
    expect(await isLeft(db, channel)).toBe(false)
    expect(await countRows(db, otherChannel)).toBe(other)
    expect(await countRows(db)).toBe(all - other - 1)
  })

  test('a step of a deleted service takes at most as many rows as it may, and in the end nothing is left', async () => {
    await using store = await givenStore(engine)
    const { db } = store
    const kept = await givenScene(db)
    const all = await countRows(db)
    const { service, channel, otherChannel } = await givenScene(db)
    await db.transaction((tx) => tx.run(sql`update services set deleted = 1 where sid = ${service}`))
    const taken = await stepThrough(db, () => db.transaction((tx) => purgeServiceStep(tx, service, 20)))
    for (const sid of [channel, otherChannel]) {
      taken.push(...(await stepThrough(db, () => db.transaction((tx) => purgeChannelStep(tx, sid, 20)))))
    }

    expect(await countRows(db)).toBe(all)
    expect(await isLeft(db, kept.channel)).toBe(true)
    expect(Math.max(...taken)).toBeLessThanOrEqual(20)
  })

  test('deleting over REST purges channel and service in the background, and nothing else', async () => {
    await using database = await givenDatabase(engine)
    await using running = await startOn(database)
    const { db } = running.app.chat
    const kept = await givenScene(db)
    const keptRows = await countRows(db)
    const { service, channel, otherChannel } = await givenScene(db)
    const { services } = officialClient(running.app.url).chat.v2

    await services(service).channels(channel).remove()
    await vi.waitUntil(async () => !(await isLeft(db, channel)), { timeout: 20_000 })
    expect(await countRows(db, channel)).toBe(0)
    expect(await countRows(db, otherChannel)).toBe(await countRows(db, kept.channel))

    await services(service).remove()
    await vi.waitUntil(async () => (await countRows(db)) === keptRows, { timeout: 20_000 })
    expect(await countRows(db, kept.channel)).toBeGreaterThan(MESSAGES)
  })

  test('a purge that was interrupted goes on at the next start', async () => {
    await using database = await givenDatabase(engine)
    const db = await openExisting(database)
    const { channel, otherChannel } = await givenScene(db)
    const full = await countRows(db, otherChannel)
    await db.transaction((tx) => tx.run(sql`update channels set deleted = 1 where sid = ${channel}`))
    await db.transaction((tx) => purgeChannelStep(tx, channel, 200))
    expect(await countRows(db, channel)).toBe(full - 200)

    {
      await using _stoppedAtOnce = await startOn(database)
    }
    await using running = await startOn(database)
    await vi.waitUntil(async () => !(await isLeft(running.app.chat.db, channel)), { timeout: 20_000 })
    expect(await countRows(db, channel)).toBe(0)
    expect(await countRows(db, otherChannel)).toBe(full)
    await db.close()
  })

  test('a purge that failed is taken up again within a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await using database = await givenDatabase(engine)
    const lines: string[] = []
    await using running = await startOn(database, (line) => lines.push(line))
    const { db } = running.app.chat
    const rename = (from: Sql, to: Sql) =>
      db.transaction((tx) => tx.run(sql`alter table ${from} rename to ${to}`))
    const { service, channel } = await givenScene(db)
    await rename(sql`invites`, sql`invites_away`)

    await officialClient(running.app.url).chat.v2.services(service).channels(channel).remove()
    await vi.waitUntil(() => lines.some((line) => line.includes('purge failed')), { timeout: 20_000 })
    await rename(sql`invites_away`, sql`invites`)
    expect(await isLeft(db, channel)).toBe(true)

    vi.advanceTimersByTime(60_000)
    await vi.waitUntil(async () => !(await isLeft(db, channel)), { timeout: 20_000 })
    expect(await countRows(db, channel)).toBe(0)
  })

  test('nothing can be made any more in a service that is deleted meanwhile', async () => {
    await using server = await startServer({}, engine)
    const { chat, identity } = server.app
    const caller: AccountCaller = { kind: 'account', accountSid: identity.account.sid, webhooks: false }
    const service = await createService(chat, caller, { friendlyName: 'test' })
    await deleteService(chat, caller, service)
    await vi.waitUntil(async () => (await countRows(chat.db)) === 0, { timeout: 20_000 })
    const attempts = await Promise.allSettled([
      createChannel(chat, caller, service, {}),
      createUser(chat, caller, service, { identity: 'alice' }),
      createRole(chat, caller, service, { type: 'channel', friendlyName: 'r', permissions: ['sendMessage'] }),
    ])

    expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await countRows(chat.db)).toBe(0)
  })
})
