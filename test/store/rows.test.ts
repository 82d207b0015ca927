// Every row type is read as it was written, each column in its own place.
import { describe, expect, test } from 'vitest'
import { saveAccount, saveApiKey } from '../../src/store/accounts.ts'
import { saveBinding } from '../../src/store/bindings.ts'
import { insertChannelWebhook, updateChannelWebhook } from '../../src/store/channel-webhooks.ts'
import { insertChannel, updateChannel } from '../../src/store/channels.ts'
import { insertCredential, updateCredential } from '../../src/store/credentials.ts'
import type { Database, Tx } from '../../src/store/database.ts'
import { insertDelivery, updateDelivery } from '../../src/store/deliveries.ts'
import { insertInvite } from '../../src/store/invites.ts'
import { insertMedia } from '../../src/store/media.ts'
import { insertMember, updateMember } from '../../src/store/members.ts'
import { insertMessage, MESSAGE_COLUMNS, updateMessage } from '../../src/store/messages.ts'
import { insertPushEvent } from '../../src/store/push-events.ts'
import { insertPush, updatePush } from '../../src/store/pushes.ts'
import { insertRole, updateRole } from '../../src/store/roles.ts'
import { insertService, updateService } from '../../src/store/services.ts'
import { type Sql, sql } from '../../src/store/sql.ts'
import { saveUserChannel } from '../../src/store/user-channels.ts'
import { insertUser, updateUser } from '../../src/store/users.ts'
import { ENGINES } from '../support/databases.ts'
import * as full from '../support/full-rows.ts'
import { givenStore } from '../support/stores.ts'

type Row = Record<string, string | number | null>
type RowType = {
  table: Sql
  /** Where the type has fewer than the table. */
  columns?: Sql
  make(): Row
  insert(tx: Tx, row: never): Promise<unknown>
  /** With the columns that it leaves alone. */
  update?: { run(tx: Tx, row: never, before: never): Promise<unknown>; keeps: string[] }
}

/** What hardly any update touches: who a row is and where it belongs. */
const PLACE = ['sid', 'accountSid', 'serviceSid', 'channelSid', 'userSid', 'identity']
/** Counted by statements of their own. */
const COUNTED = [
  ...['membersCount', 'messagesCount', 'nextMessageIndex', 'lastMessageSid', 'lastMessageIndex'],
  ...['lastMessageAt', 'messagesEvent', 'rosterEvent', 'deleted'],
]

/** Where a message lies is no column of its own. */
function fullMessageRow(): Row {
  const { serviceSid, channelSid, ...row } = full.fullMessage()
  return row
}

/** What a delivery was ordered to do, whatever became of it. */
const ORDERED = [
  ...['webhookSid', 'event', 'lane', 'target', 'url', 'method', 'parameters', 'idempotencyToken'],
  ...['retryLimit', 'createdAt'],
]

/** Likewise of a push. */
const PUSHED = [
  ...['eventSid', 'type', 'bindingSid', 'bindingType', 'credentialSid', 'lane', 'seq', 'target', 'logged'],
  'createdAt',
]

const ROW_TYPES: Record<string, RowType> = {
  account: {
    table: sql`accounts`,
    make: full.fullAccount,
    insert: saveAccount,
    update: { run: saveAccount, keeps: ['sid', 'createdAt'] },
  },
  'API key': {
    table: sql`api_keys`,
    make: full.fullApiKey,
    insert: saveApiKey,
    update: { run: saveApiKey, keeps: ['sid', 'createdAt'] },
  },
  credential: {
    table: sql`credentials`,
    make: full.fullCredential,
    insert: insertCredential,
    update: { run: updateCredential, keeps: [...PLACE, 'type', 'createdAt'] },
  },
  service: {
    table: sql`services`,
    make: full.fullService,
    insert: insertService,
    update: { run: updateService, keeps: [...PLACE, 'createdAt'] },
  },
  role: {
    table: sql`roles`,
    make: full.fullRole,
    insert: insertRole,
    update: { run: updateRole, keeps: [...PLACE, 'type', 'friendlyName', 'createdAt'] },
  },
  user: {
    table: sql`users`,
    make: full.fullUser,
    insert: insertUser,
    update: {
      run: (tx, row, before) => updateUser(tx, before, row),
      keeps: [...PLACE, 'joinedChannelsCount', 'channelsEvent', 'createdAt'],
    },
  },
  channel: {
    table: sql`channels`,
    make: full.fullChannel,
    insert: insertChannel,
    update: { run: updateChannel, keeps: [...PLACE, 'number', ...COUNTED] },
  },
  member: {
    table: sql`members`,
    make: full.fullMember,
    insert: insertMember,
    update: {
      run: (tx, row, before) => updateMember(tx, before, row),
      keeps: [...PLACE, 'createdEvent'],
    },
  },
  "user's channel": {
    table: sql`user_channels`,
    make: full.fullUserChannel,
    insert: saveUserChannel,
    update: { run: saveUserChannel, keeps: ['userSid', 'channelSid'] },
  },
  message: {
    table: sql`messages`,
    columns: MESSAGE_COLUMNS,
    make: fullMessageRow,
    insert: async (tx, row) => insertMessage(tx, full.fullChannel(), row),
    update: {
      run: updateMessage,
      keeps: [...PLACE, 'messageIndex', 'memberSid', 'media', 'createdEvent', 'deleted'],
    },
  },
  invite: { table: sql`invites`, make: full.fullInvite, insert: insertInvite },
  binding: {
    table: sql`bindings`,
    make: full.fullBinding,
    insert: saveBinding,
    update: { run: saveBinding, keeps: ['sid', 'serviceSid', 'bindingType'] },
  },
  'channel webhook': {
    table: sql`channel_webhooks`,
    make: full.fullChannelWebhook,
    insert: insertChannelWebhook,
    update: { run: updateChannelWebhook, keeps: [...PLACE, 'type', 'createdAt'] },
  },
  media: { table: sql`media`, make: full.fullMedia, insert: insertMedia },
  delivery: {
    table: sql`deliveries`,
    make: full.fullDelivery,
    insert: async (tx, row) => insertDelivery(tx, row),
    update: { run: async (tx, row) => updateDelivery(tx, row), keeps: [...PLACE, ...ORDERED] },
  },
  'push event': {
    table: sql`push_events`,
    make: full.fullPushEvent,
    insert: async (tx, row) => insertPushEvent(tx, row),
  },
  push: {
    table: sql`pushes`,
    make: full.fullPush,
    insert: insertPush,
    update: { run: async (tx, row) => updatePush(tx, row), keeps: [...PLACE, ...PUSHED] },
  },
}

function write(db: Database, query: RowType['insert'], ...rows: Row[]): Promise<void> {
  return db.transaction(async (tx) => {
    for (const row of rows) await query(tx, row as never)
  })
}

/** The rows in an order of their own, for comparison. */
function sorted(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
}

async function readTable(db: Database, { table, columns = sql`*` }: RowType): Promise<Row[]> {
  return sorted(await db.many<Row>(sql`select ${columns} from ${table}`))
}

/** Another full row; of the columns that the update keeps, with the values that `row` has. */
function changed(row: Row, { make }: RowType, keeps: readonly string[]): Row {
  const kept = Object.fromEntries(Object.entries(row).filter(([column]) => keeps.includes(column)))
  const deleted: Row = 'deleted' in row ? { deleted: 1 - Number(row.deleted) } : {}
  return { ...make(), ...deleted, ...kept }
}

test('the rows to test with have another value in each column', () => {
  for (const { make } of Object.values(ROW_TYPES)) {
    const values = Object.values(make())
    expect(values).not.toContain(null)
    expect(new Set(values).size).toBe(values.length)
  }
})

describe.each(ENGINES)('%s', (engine) => {
  test('every row is read as it was written', async () => {
    await using store = await givenStore(engine)
    const written: Record<string, Row[]> = {}
    const read: Record<string, Row[]> = {}
    for (const [name, type] of Object.entries(ROW_TYPES)) {
      const rows = [type.make(), type.make()]
      await write(store.db, type.insert, ...rows)
      written[name] = sorted(rows)
      read[name] = await readTable(store.db, type)
    }

    expect(read).toEqual(written)
  })

  test('an update writes the whole row, but for what cannot change, and no other row', async () => {
    await using store = await givenStore(engine)
    const written: Record<string, Row[]> = {}
    const read: Record<string, Row[]> = {}
    for (const [name, type] of Object.entries(ROW_TYPES)) {
      const { update } = type
      if (!update) continue
      const [row, other] = [type.make(), type.make()]
      const updated = changed(row, type, update.keeps)
      await write(store.db, type.insert, row, other)
      await store.db.transaction((tx) => update.run(tx, updated as never, row as never))
      written[name] = sorted([updated, other])
      read[name] = await readTable(store.db, type)
    }

    expect(read).toEqual(written)
  })
})
