// A process of its own whose files may not grow beyond a limit: sends to one channel until a message is refused, and
// again once there is room in the log.
//   node send-until-refused.ts DATABASE
import { DatabaseSync } from 'node:sqlite'
import { type Channel, insertChannel } from '../../src/store/channels.ts'
import { migrate } from '../../src/store/migrate.ts'
import { sql } from '../../src/store/sql.ts'
import { openFile } from '../../src/store/sqlite.ts'
import { fullChannel } from './full-rows.ts'
import { sendRow } from './send-row.ts'

export type Refusals = {
  /** Indexes of messages. */
  acknowledged: number[]
  errors: string[]
  /** While nothing can be written. */
  seen: number[]
  /** The index of the next message. */
  next: number
}

const BODY = 'x'.repeat(30_000)
const AT_ONCE = 8

async function main(path: string): Promise<Refusals> {
  // Otherwise the system ends a process that goes beyond the limit.
  process.on('SIGXFSZ', () => {})
  const db = openFile(path, { writesAlone: true })
  await migrate(db)
  const channel: Channel = { ...fullChannel(), deleted: 0, nextMessageIndex: 0, messagesCount: 0 }
  await db.transaction((tx) => insertChannel(tx, channel))
  const send = async (): Promise<number> => {
    const counted = await sendRow(db, channel, { body: BODY })
    return (counted?.nextMessageIndex ?? 0) - 1
  }
  const acknowledged: number[] = []
  const errors: string[] = []
  while (errors.length === 0) {
    for (const outcome of await Promise.allSettled(Array.from({ length: AT_ONCE }, send))) {
      if (outcome.status === 'fulfilled') acknowledged.push(outcome.value)
      else errors.push(outcome.reason.constructor.name)
    }
  }
  const rows = await db.many<{ messageIndex: number }>(
    sql`select message_index from messages order by message_index`,
  )
  const seen = rows.map(({ messageIndex }) => messageIndex)
  const other = new DatabaseSync(path)
  other.exec('pragma wal_checkpoint(truncate)')
  other.close()
  const next = await send()
  await db.close()
  return { acknowledged, errors, seen, next }
}

if (import.meta.main) {
  const refusals = await main(process.argv[2] ?? '')
  process.stdout.write(JSON.stringify(refusals), () => process.exit(0))
}
