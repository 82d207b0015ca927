// What changes without a kept row noticing: read horizons, presence, the numbers of events.
import { describe, expect, test } from 'vitest'
import { type Channel, countMemberEdit, insertChannel, lockChannel } from '../../src/store/channels.ts'
import { insertMember, lockMember, type Member, updateMember } from '../../src/store/members.ts'
import { migrate } from '../../src/store/migrate.ts'
import { findPermissions, insertRole, type Role, updateRole } from '../../src/store/roles.ts'
import { sql } from '../../src/store/sql.ts'
import {
  changeUserChannel,
  lockUserChannel,
  saveUserChannel,
  type UserChannel,
} from '../../src/store/user-channels.ts'
import { countUserChannelEdit, insertUser, lockUser, type User, updateUser } from '../../src/store/users.ts'
import { ENGINES } from '../support/databases.ts'
import { fullChannel, fullMember, fullRole, fullUser, fullUserChannel } from '../support/full-rows.ts'
import { sendRow } from '../support/send-row.ts'
import { givenEmptyStore, type TestStore } from '../support/stores.ts'
import { until } from '../support/until.ts'

type Scene = TestStore & { channel: Channel; role: Role; user: User; member: Member }

/** A user with a role who is a member of a channel. */
async function givenMember(engine: (typeof ENGINES)[number] | 'memory'): Promise<Scene> {
  const store = await givenEmptyStore(engine)
  await migrate(store.db)
  const role = fullRole()
  const channel = { ...fullChannel(), messagesCount: 0, nextMessageIndex: 0 }
  const user = { ...fullUser(), roleSid: role.sid }
  const { sid: channelSid } = channel
  const member: Member = {
    ...fullMember(),
    channelSid,
    userSid: user.sid,
    identity: user.identity,
    roleSid: role.sid,
  }
  await store.db.transaction(async (tx) => {
    await insertRole(tx, role)
    await insertChannel(tx, channel)
    await insertUser(tx, user)
    await insertMember(tx, member)
  })
  return Object.assign(store, { channel, role, user, member })
}

function change({ db, member }: Scene, changes: Partial<Member>): Promise<void> {
  return db.transaction(async (tx) => {
    const before = await lockMember(tx, member.sid)
    if (before) await updateMember(tx, before, { ...before, ...changes, lastEvent: before.lastEvent + 1 })
  })
}

const memberOf = ({ db, member }: Scene) =>
  db.one<Member>(sql`select * from members where sid = ${member.sid}`)

describe.each([...ENGINES, 'memory'] as const)('%s', (engine) => {
  test('horizons, roles and messages follow each other, and none is lost', async () => {
    await using scene = await givenMember(engine)
    const { db, channel, member } = scene
    await Promise.all(
      [1, 2, 3, 4, 5].flatMap((i) => [
        change(scene, { lastReadIndex: i }),
        sendRow(db, channel),
        change(scene, { roleSid: `RL${i}` }),
        change(scene, { lastReadAt: i }),
        db.transaction((tx) => countMemberEdit(tx, channel.sid)),
      ]),
    )
    await change(scene, { lastReadIndex: 6, updatedAt: 7 })

    expect(await memberOf(scene)).toMatchObject({
      lastReadIndex: 6,
      updatedAt: 7,
      lastEvent: member.lastEvent + 16,
      attributes: member.attributes,
    })
    expect(await db.one(sql`select * from channels`)).toMatchObject({
      nextMessageIndex: 5,
      rosterEvent: channel.rosterEvent + 5,
      documentEvent: channel.documentEvent + 5,
    })
  })

  test('who locks a row sees all that was counted before, also in the same transaction', async () => {
    await using scene = await givenMember(engine)
    const { db, channel, user } = scene
    await db.transaction(async (tx) => {
      const before = await lockUser(tx, user.sid)
      expect(before).toEqual(user)
      await updateUser(tx, user, { ...user, isOnline: 1, reachabilityEvent: 5 })
      await countUserChannelEdit(tx, user.sid)
      expect(await lockUser(tx, user.sid)).toEqual({
        ...user,
        isOnline: 1,
        reachabilityEvent: 5,
        channelsEvent: user.channelsEvent + 1,
      })
      await updateUser(tx, { ...user, isOnline: 1 }, { ...user, isOnline: 1, friendlyName: 'Alice' })
      expect(await lockUser(tx, user.sid)).toMatchObject({ isOnline: 1, friendlyName: 'Alice' })
      expect(await lockChannel(tx, channel.sid)).toEqual(channel)
    })
  })

  test('each of the channels of each user has a row of its own, and tombstones are not touched', async () => {
    await using scene = await givenMember(engine)
    const { db } = scene
    const [userA, userB, channelA, channelB] = [
      fullUser().sid,
      fullUser().sid,
      fullChannel().sid,
      fullChannel().sid,
    ]
    const places = [userA, userB].flatMap((userSid) =>
      [channelA, channelB].map((channelSid) => ({ ...fullUserChannel(), userSid, channelSid, deleted: 0 })),
    )
    const last: UserChannel = { ...fullUserChannel(), deleted: 1 }
    await db.transaction(async (tx) => {
      for (const place of [...places, last]) await saveUserChannel(tx, place)
    })
    const changed = await Promise.all(
      [...places, last].map((place, i) =>
        db.transaction((tx) => changeUserChannel(tx, place, { lastEvent: i, notificationLevel: 'muted' })),
      ),
    )

    const expected = places.map((place, i) => ({ ...place, lastEvent: i, notificationLevel: 'muted' }))
    expect(changed).toEqual([...expected, undefined])
    expect(await db.many(sql`select * from user_channels order by last_event limit 4`)).toEqual(expected)
    await db.transaction(async (tx) => {
      expect(await lockUserChannel(tx, last.userSid, last.channelSid)).toBeUndefined()
      expect(await lockUserChannel(tx, userB, channelA)).toEqual(expected[2])
    })
  })

  test('nothing is left of what was counted in a transaction that is undone', async () => {
    await using scene = await givenMember(engine)
    const { db, member, user } = scene
    const undone = db.transaction(async (tx) => {
      await updateMember(tx, member, { ...member, lastReadIndex: 1 })
      await updateUser(tx, user, { ...user, isOnline: 1 })
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    await db.transaction(async (tx) => {
      expect(await lockMember(tx, member.sid)).toEqual(member)
      expect(await lockUser(tx, user.sid)).toEqual(user)
    })
    expect(await memberOf(scene)).toEqual(member)
  })
})

describe.each(ENGINES)('%s', (engine) => {
  test('kept permissions stay while horizons move and users come and go, and end with a role', async () => {
    await using scene = await givenMember(engine)
    const { db, channel, role, user, member } = scene
    const permissions = () => findPermissions(db, user.sid, channel.sid)
    let kept = await permissions()
    await until('kept permissions', async () => {
      const last = kept
      kept = await permissions()
      return kept === last
    })

    await change(scene, { lastReadIndex: 1 })
    await db.transaction((tx) => updateUser(tx, user, { ...user, isOnline: 1, infoEvent: 1 }))
    await db.transaction((tx) => countUserChannelEdit(tx, user.sid))
    await sendRow(db, channel)
    expect(await permissions()).toBe(kept)

    await db.transaction((tx) => updateRole(tx, { ...role, permissions: '["new"]' }))
    expect(await permissions()).toEqual({ service: '["new"]', channel: '["new"]', memberSid: member.sid })
    await db.transaction(async (tx) => {
      const before = (await lockMember(tx, member.sid)) as Member
      await updateMember(tx, before, { ...before, deleted: 1 })
    })
    expect(await permissions()).toEqual({ service: '["new"]', channel: null, memberSid: null })
  })
})

test('a query that reads a counter keeps no row', async () => {
  await using scene = await givenMember('sqlite')
  const { db } = scene
  await expect(db.cached(['members'], sql`select last_read_index from members`)).rejects.toThrow(
    'A kept row cannot show last_read_index',
  )
  await expect(db.cached(['roles', 'users'], sql`select * from users`)).rejects.toThrow(
    'A kept row cannot show',
  )
  await expect(db.cached(['members'], sql`select role_sid from members`)).resolves.toBeDefined()
})
