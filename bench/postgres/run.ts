// Durable sends on PostgreSQL, by one sender and by 32, next to bare statements of the same rows in turn.
//   node bench/postgres/run.ts [--quick] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../test/support/postgres.ts'
import { median, medianRatio } from '../median.ts'
import { MESSAGE_BODY } from '../requests.ts'
import { type Result, whole, writeResults } from '../result.ts'
import { type Server, startFanoutGenerator, startParley } from '../servers.ts'
import { BENCH_ENV, makeRooms, type Room } from '../sockets/room.ts'
import { openBarePostgres } from './bare.ts'

const SENDERS = [1, 32]
/** A process that starts takes it for so long that there are others, and tells them. */
const ALONE_AFTER_MS = 6_000
const ROUNDS = 5
const WARM_UP_MS = 800
const MEASURE_MS = 1_500
const BARE_MS = 1_000
const AIM = 0.5
const TIME_LIMIT_MS = 120_000

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  setTimeout(() => process.exit(1), TIME_LIMIT_MS).unref()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const postgres = await startPostgres({ durable: true })
  const results: Result[] = []
  try {
    const parley = await startParley(folder, '', { ...BENCH_ENV, DATABASE_URL: postgres.url })
    const rounds = options.quick ? 3 : ROUNDS
    for (const senders of SENDERS) results.push(await measure(postgres.url, parley, senders, rounds))
    results.push(await measureShared(folder, postgres.url, parley, rounds))
    await parley.stop()
  } finally {
    await postgres.stop()
  }
  for (const { what, parley, baseline, value } of results)
    console.log(`${what}: ${parley}, ${baseline}, ratio ${value.toFixed(2)}`)
  writeResults(options.json, results)
}

async function measure(url: string, parley: Server, senders: number, rounds: number): Promise<Result> {
  const room = await makeRooms(parley.port, senders)
  const parts = room.paths.map((path) => path.split('/'))
  const bare = await openBarePostgres(
    url,
    parts.map((part) => part[6] ?? ''),
  )
  const rates: number[] = []
  const bareRates: number[] = []
  for (let round = 0; round < rounds; round++) {
    rates.push(await sendsPerSecond(parley, room, senders))
    bareRates.push(await bare.measureSends(BARE_MS))
  }
  await bare.close()
  return {
    what: `PostgreSQL, ${senders === 1 ? 'one sender' : `${senders} senders`}`,
    parley: `${whole(median(rates))} sends/s`,
    baseline: `bare statements ${whole(median(bareRates))}/s`,
    ...{ value: medianRatio(rates, bareRates), unit: '', aim: { atLeast: AIM } },
  }
}

/** Beside a second process on the same machine, which hears of everything, in turn with none. */
async function measureShared(folder: string, url: string, parley: Server, rounds: number): Promise<Result> {
  const senders = Math.max(...SENDERS)
  const room = await makeRooms(parley.port, senders)
  const [alone, shared]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    await pause(ALONE_AFTER_MS)
    alone.push(await sendsPerSecond(parley, room, senders))
    const second = await startParley(folder, '', { ...BENCH_ENV, DATABASE_URL: url })
    shared.push(await sendsPerSecond(parley, room, senders))
    await second.stop()
  }
  return {
    what: `PostgreSQL, ${senders} senders, a second process hears all`,
    parley: `${whole(median(shared))} sends/s`,
    baseline: `without it ${whole(median(alone))}/s`,
    ...{ value: medianRatio(shared, alone), unit: '', aim: null },
  }
}

async function sendsPerSecond(parley: Server, room: Room, senders: number): Promise<number> {
  const generator = startFanoutGenerator()
  const { sends, seconds } = await generator.run({
    ...{ port: parley.port, pid: parley.pid, sockets: senders, senders, body: MESSAGE_BODY },
    ...{ warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS, parley: { ...room, protocol: 4 } },
  })
  generator.stop()
  return sends / seconds
}

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
