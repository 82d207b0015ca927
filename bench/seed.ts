// Databases of a given size. The server makes the schema, the service and the channels; the messages are
// written straight into its file, because a million requests would take minutes.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newSid } from '../src/lib/sid.ts'
import { AUTHORIZATION, MESSAGE_BODY } from './requests.ts'
import { startParley } from './servers.ts'

export type DataSet = { path: string; messages: number; serviceSid: string; channelSids: string[] }

const CHANNELS = 16
const ROWS_PER_COMMIT = 50_000

/** `name` is the file's, without its end. */
export async function seedDatabase(
  folder: string,
  messages: number,
  name = String(messages),
  channels = CHANNELS,
): Promise<DataSet> {
  const path = join(folder, `${name}.db`)
  const server = await startParley(folder, path)
  const services = `http://127.0.0.1:${server.port}/v2/Services`
  const serviceSid = await create(services, { FriendlyName: 'bench' })
  const channelSids: string[] = []
  while (channelSids.length < channels)
    channelSids.push(await create(`${services}/${serviceSid}/Channels`, {}))
  await server.stop()
  const set = { path, messages, serviceSid, channelSids }
  fill(set)
  return set
}

async function create(url: string, form: Record<string, string>): Promise<string> {
  const headers = { authorization: AUTHORIZATION }
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  if (answer.status !== 201) throw new Error(`POST ${url} was answered ${answer.status}`)
  return ((await answer.json()) as { sid: string }).sid
}

function fill(set: DataSet): void {
  const started = performance.now()
  const db = new DatabaseSync(set.path)
  db.exec('pragma synchronous = off; pragma cache_size = -262144')
  for (let first = 0; first < set.messages; first += ROWS_PER_COMMIT) {
    const end = Math.min(first + ROWS_PER_COMMIT, set.messages)
    insertMessages(db, set, first, end)
    showProgress(set.messages, end)
  }
  countMessages(db)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(`\rSeeded ${set.messages.toLocaleString('en')} messages in ${seconds} s\n`)
}

/** Messages number `first` to `end`, dealt to the channels in turn. */
function insertMessages(db: DatabaseSync, set: DataSet, first: number, end: number): void {
  const insert = db.prepare(`
    insert into messages (place, sid, message_index, author, body, attributes, media, was_edited,
      last_updated_by, created_event, last_event, deleted, created_at, updated_at)
    values ((? << 32) + ?, ?, ?, ?, ?, '{}', null, 0, null, ?, ?, 0, ?, ?)`)
  const numberOf = db.prepare('select number from channels where sid = ?')
  const numbers = set.channelSids.map((sid) => numberOf.get(sid)?.number as number)
  db.exec('begin')
  for (let i = first; i < end; i++) {
    const channels = numbers.length
    const number = numbers[i % channels] ?? 0
    const index = Math.floor(i / channels)
    const event = index + 1
    const now = Date.now()
    const author = `user-${i % 10}`
    const place = [number, index, newSid('IM'), index] as const
    insert.run(...place, author, MESSAGE_BODY, event, event, now, now)
  }
  db.exec('commit')
}

/** Brings the counters of the channels in line with their messages. */
export function countMessages(db: DatabaseSync): void {
  db.exec(`
    update channels set (next_message_index, messages_count, messages_event, document_event,
        last_message_sid, last_message_index, last_message_at) =
      (select message_index + 1, message_index + 1, message_index + 1, message_index + 1, sid, message_index, created_at
       from messages where place >= (number << 32) and place < ((number + 1) << 32) order by place desc limit 1)`)
}

function showProgress(total: number, done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rSeeding ${Math.round((100 * done) / total)} % `)
  else if (done < total && done % 250_000 === 0) {
    process.stderr.write(`Seeding ${Math.round((100 * done) / total)} %\n`)
  }
}
