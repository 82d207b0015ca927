// The list of a user's channels, 250 of them, by REST and over a socket, next to the bare query with JSON.
//   node bench/lists/run.ts [--quick] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import type { Sid } from '../../src/lib/sid.ts'
import { syncSidOf } from '../../src/realtime/sync/objects.ts'
import { median, medianRatio } from '../median.ts'
import { AUTHORIZATION, getRequest } from '../requests.ts'
import { type Result, whole, writeResults } from '../result.ts'
import { makeJoinedChannels } from '../sdk-start/joined-channels.ts'
import { type Server, startCallsGenerator, startGenerator, startParley } from '../servers.ts'
import { BENCH_ENV, tokenFor } from '../sockets/room.ts'
import type { LoadResult } from '../window.ts'

const IDENTITY = 'sam'
const CHANNELS = 250
const CONNECTIONS = 16
const ROUNDS = 5
const WARM_UP_MS = 300
const MEASURE_MS = 800
const AIM = 0.5
/** What the helper library asks for with `limit: 250`, and as many items as one answer of a socket may have. */
const REST_PAGE = CHANNELS
const SOCKET_PAGE = 200
const TIME_LIMIT_MS = 120_000

type Lister = { userSid: Sid<'US'>; serviceSid: string; path: string; server: Server }
type Way = { what: string; requestsForOne: number; run(): Promise<LoadResult>; rates: number[] }

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  setTimeout(() => process.exit(1), TIME_LIMIT_MS).unref()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const lister = await givenLister(folder)
  const ways = [await byRest(lister), await bySocket(lister)]
  const bare = prepareBare(lister)
  const bareRates: number[] = []
  for (const way of ways) await way.run()
  for (let round = 0; round < (options.quick ? 3 : ROUNDS); round++) {
    for (const way of ways) {
      const { requests, seconds } = await way.run()
      way.rates.push(requests / seconds / way.requestsForOne)
    }
    bareRates.push(rateOf(bare))
  }
  await lister.server.stop()
  const results = ways.map(
    ({ what, rates }): Result => ({
      what: `list of ${CHANNELS} channels ${what}`,
      parley: `${whole(median(rates))} lists/s`,
      baseline: `the bare query with JSON ${whole(median(bareRates))}/s`,
      ...{ value: medianRatio(rates, bareRates), unit: '', aim: { atLeast: AIM } },
    }),
  )
  for (const { what, parley, baseline, value } of results)
    console.log(`${what}: ${parley}, ${baseline}, ratio ${value.toFixed(2)}`)
  writeResults(options.json, results)
}

async function givenLister(folder: string): Promise<Lister> {
  const path = join(folder, 'lists.db')
  const server = await startParley(folder, path, BENCH_ENV)
  const serviceSid = await makeJoinedChannels(server.port, IDENTITY, CHANNELS)
  const user = await getJson(server, `/v2/Services/${serviceSid}/Users/${IDENTITY}`)
  return { userSid: user.sid as Sid<'US'>, serviceSid, path, server }
}

async function getJson({ port }: Server, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: AUTHORIZATION } })
  if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}`)
  return (await answer.json()) as Record<string, unknown>
}

async function byRest({ server, serviceSid }: Lister): Promise<Way> {
  const paths: string[] = []
  let next: string | null = `/v2/Services/${serviceSid}/Users/${IDENTITY}/Channels?PageSize=${REST_PAGE}`
  while (next !== null) {
    paths.push(next)
    const { meta } = (await getJson(server, next)) as { meta: { next_page_url: string | null } }
    const url: URL | null = meta.next_page_url === null ? null : new URL(meta.next_page_url)
    next = url && url.pathname + url.search
  }
  const generator = startGenerator()
  const job = { port: server.port, pid: server.pid, requests: paths.map(getRequest), status: 200 }
  return {
    what: 'by REST',
    requestsForOne: paths.length,
    run: () =>
      generator.run({ ...job, connections: CONNECTIONS, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS }),
    rates: [],
  }
}

async function bySocket({ server, serviceSid, userSid, path }: Lister): Promise<Way> {
  const db = new DatabaseSync(path)
  const keys = db
    .prepare('select channel_sid as key from user_channels where user_sid = ? order by channel_sid')
    .all(userSid)
    .map(({ key }) => String(key))
  db.close()
  const items = `/v3/Maps/${syncSidOf({ kind: 'channels', sid: userSid })}/Items`
  const first = { PageSize: String(SOCKET_PAGE) }
  const calls = [first, { ...first, From: keys[SOCKET_PAGE] ?? '' }].map((params) => ({
    method: 'GET',
    path: items,
    params,
  }))
  const generator = startCallsGenerator()
  const token = await tokenFor(serviceSid, IDENTITY)
  const job = {
    ...{ port: server.port, pid: server.pid, calls },
    ...{ tokens: Array<string>(CONNECTIONS).fill(token), warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS },
  }
  return {
    what: 'over a socket',
    requestsForOne: calls.length,
    run: () => generator.run(job),
    rates: [],
  }
}

/** One query for all of them, with what REST shows of each. */
function prepareBare({ path, userSid }: Lister): () => void {
  const db = new DatabaseSync(path)
  const select = db.prepare(`
    select uc.*, m.sid as member_sid, m.last_read_index, c.next_message_index,
      (select count(*) from messages d
        where d.place >> 32 = +c.number and d.deleted = 1 and d.message_index > m.last_read_index) as deleted_after
    from user_channels uc
    join users u on u.sid = uc.user_sid
    join channels c on c.sid = uc.channel_sid and c.deleted = 0
    left join members m on m.channel_sid = uc.channel_sid and m.identity = u.identity and m.deleted = 0
    where uc.user_sid = ? and uc.deleted = 0 order by uc.channel_sid limit ?`)
  return () => {
    if (JSON.stringify(select.all(userSid, CHANNELS)).length < CHANNELS) throw new Error('No channels')
  }
}

function rateOf(work: () => void): number {
  const started = performance.now()
  let done = 0
  while (performance.now() - started < MEASURE_MS) {
    work()
    done++
  }
  return (done * 1000) / (performance.now() - started)
}

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
