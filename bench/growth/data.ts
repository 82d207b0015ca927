// Databases that differ in one size only: messages, or channels of the service. In each, a user is in the channels
// that are asked for, and the others are there to be in the way.
import { DatabaseSync } from 'node:sqlite'
import { newSid } from '../../src/lib/sid.ts'
import { ACCOUNT_SID, AUTHORIZATION } from '../requests.ts'
import { type DataSet, seedDatabase } from '../seed.ts'
import { type Server, startParley } from '../servers.ts'
import { BENCH_ENV, tokenFor } from '../sockets/room.ts'
import { READER } from './calls.ts'

export type Size = { messages: number; channels: number }
export type Subject = { size: Size; set: DataSet; parley: Server; tokens: string[] }

export const SOCKETS = 16
/** Columns in which no two channels are alike. */
const FRESH: ReadonlySet<string> = new Set(['sid', 'number', 'unique_name'])

/** Starts a server on a database of this size. */
export async function givenSubject(folder: string, size: Size): Promise<Subject> {
  const set = await seedDatabase(folder, size.messages, `${size.messages}-${size.channels}`)
  addChannels(set, size.channels - set.channelSids.length)
  const parley = await startParley(folder, set.path, BENCH_ENV)
  const service = `http://127.0.0.1:${parley.port}/v2/Services/${set.serviceSid}`
  for (const channelSid of set.channelSids) await join(`${service}/Channels/${channelSid}/Members`)
  const token = await tokenFor(set.serviceSid, READER)
  return { size, set, parley, tokens: Array<string>(SOCKETS).fill(token) }
}

async function join(url: string): Promise<void> {
  const headers = { authorization: AUTHORIZATION }
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ Identity: READER }),
  })
  if (answer.status !== 201) throw new Error(`POST ${url} was answered ${answer.status} (${ACCOUNT_SID})`)
}

/** More channels like the first one, written straight into the file. */
function addChannels(set: DataSet, count: number): void {
  if (count <= 0) return
  const db = new DatabaseSync(set.path)
  const columns = db
    .prepare('select name from pragma_table_info(?)')
    .all('channels')
    .map(({ name }) => String(name))
  const values = columns.map((column) => (FRESH.has(column) ? '?' : column))
  const copy = db.prepare(
    `insert into channels (${columns.join(', ')}) select ${values.join(', ')} from channels where sid = ?`,
  )
  const [model = ''] = set.channelSids
  const first = set.channelSids.length + 1
  const fresh = (number: number): Record<string, string | number> => {
    const sid = newSid('CH')
    return { sid, number, unique_name: `channel ${sid}` }
  }
  db.exec('pragma synchronous = off; begin')
  for (let i = 0; i < count; i++) {
    const values = fresh(first + i)
    copy.run(...columns.flatMap((column) => values[column] ?? []), model)
  }
  db.exec('update channel_numbers set last = (select max(number) from channels); commit')
  db.close()
}
