// The statements of a send and of a page, by hand, in this process, on the very file that Parley has open.
import { DatabaseSync } from 'node:sqlite'
import { newSid } from '../src/lib/sid.ts'
import { MESSAGE_BODY, PAGE_SIZE, randomStart } from './requests.ts'
import { countMessages, type DataSet } from './seed.ts'

const ATTEMPTS_BETWEEN_LOOKS_AT_THE_CLOCK = 32

export type BareSqlite = {
  /** Sends per second with `perCommit` of them in one transaction. */
  measureSends(perCommit: number, milliseconds: number): number
  /** Pages per second, as JSON. */
  measureReads(milliseconds: number): number
  /** Takes away what was sent since the beginning, so that each measurement finds the same database. */
  trim(): void
  close(): void
}

export function openBareSqlite(set: DataSet): BareSqlite {
  const db = new DatabaseSync(set.path, { timeout: 10_000 })
  db.exec('pragma synchronous = full; pragma cache_size = -65536')
  const seeded = db.prepare('select max(sid) as sid from messages').get()?.sid as string
  const send = prepareSend(db, set)
  const read = preparePage(db, set)
  return {
    measureSends(perCommit, milliseconds) {
      const commit = (): void => {
        db.exec('begin immediate')
        for (let i = 0; i < perCommit; i++) send()
        db.exec('commit')
      }
      return perCommit * rateOf(commit, milliseconds)
    },
    measureReads: (milliseconds) => rateOf(read, milliseconds),
    trim() {
      db.exec('begin immediate')
      db.prepare('delete from messages where sid > ?').run(seeded)
      countMessages(db)
      db.exec('commit; pragma wal_checkpoint(restart)')
    },
    close: () => db.close(),
  }
}

function prepareSend(db: DatabaseSync, set: DataSet): () => void {
  const take = db.prepare(`
    update channels set next_message_index = next_message_index + 1, messages_count = messages_count + 1,
      messages_event = messages_event + 1, document_event = document_event + 1,
      last_message_sid = ?, last_message_index = next_message_index, last_message_at = ?
    where sid = ? and deleted = 0 returning *`)
  const insert = db.prepare(`
    insert into messages (place, sid, message_index, author, member_sid, body, attributes, media, was_edited,
      last_updated_by, created_event, last_event, deleted, created_at, updated_at)
    values ((? << 32) + ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const memberSid = newSid('MB')
  let sent = 0
  return () => {
    const channelSid = set.channelSids[sent++ % set.channelSids.length] ?? ''
    const sid = newSid('IM')
    const now = Date.now()
    const channel = take.get(sid, now, channelSid) as {
      number: number
      next_message_index: number
      messages_event: number
    }
    const index = channel.next_message_index - 1
    const event = channel.messages_event
    const place = [channel.number, index, sid, index] as const
    insert.run(...place, 'user-1', memberSid, MESSAGE_BODY, '{}', null, 0, null, event, event, 0, now, now)
  }
}

function preparePage(db: DatabaseSync, set: DataSet): () => void {
  const select = db.prepare(`
    select sid, message_index, author, member_sid, body, attributes, media, was_edited, last_updated_by,
      created_event, last_event, deleted, created_at, updated_at
    from messages where place > (? << 32) + ? and place < ((? + 1) << 32) and deleted = 0 order by place asc limit ?`)
  const numberOf = db.prepare('select number from channels where sid = ?')
  const numbers = set.channelSids.map((sid) => numberOf.get(sid)?.number as number)
  let read = 0
  return () => {
    const number = numbers[read++ % numbers.length] ?? 0
    const rows = select.all(number, randomStart(set), number, PAGE_SIZE + 1)
    if (JSON.stringify(rows).length < PAGE_SIZE) throw new Error('A page without messages')
  }
}

/** How often a second `work` can be done, after a tenth of the time to warm up. */
function rateOf(work: () => void, milliseconds: number): number {
  repeat(work, milliseconds / 10)
  return repeat(work, milliseconds)
}

function repeat(work: () => void, milliseconds: number): number {
  const started = performance.now()
  let done = 0
  let elapsed = 0
  while (elapsed < milliseconds) {
    for (let i = 0; i < ATTEMPTS_BETWEEN_LOOKS_AT_THE_CLOCK; i++) work()
    done += ATTEMPTS_BETWEEN_LOOKS_AT_THE_CLOCK
    elapsed = performance.now() - started
  }
  return (done * 1000) / elapsed
}
