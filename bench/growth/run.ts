// What clients ask over sockets, on databases of several sizes in turn: does it stay as fast?
//   node bench/growth/run.ts [--quick] [--full] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBareSqlite } from '../bare-sqlite.ts'
import { median, medianRatio } from '../median.ts'
import { type Result, whole, writeResults } from '../result.ts'
import { startCallsGenerator } from '../servers.ts'
import type { LoadResult } from '../window.ts'
import { callsFor, KINDS, type Kind } from './calls.ts'
import { givenSubject, type Size, type Subject } from './data.ts'

/** Many short ones: each has its chance to run undisturbed. */
const ROUNDS = 12
const ROUNDS_WHEN_QUICK = 6
const WARM_UP_MS = 150
const MEASURE_MS = 250
const BARE_MS = 200
const MOST_CHANNELS = 100_000
/** Each size next to the one before that differs in one thing. */
const SIZES: Size[] = [
  { messages: 10_000, channels: 16 },
  { messages: 10_000, channels: 1_000 },
  { messages: 10_000, channels: MOST_CHANNELS },
]
const AIM = 1.2
const AIM_PAGE = 0.5
/** Seeding ten million messages takes minutes. */
const TIME_LIMIT_MS = 900_000

export type GrowthRow = {
  kind: Kind
  size: Size
  perSecond: number
  cpuMicros: number
  /** Of the smallest database. */
  growth: number
}

type Track = { kind: Kind; subject: Subject; rounds: LoadResult[]; bare: number[] }

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, json: { type: 'string' } },
  })
  setTimeout(() => process.exit(1), TIME_LIMIT_MS).unref()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const largest = options.full ? 10_000_000 : options.quick ? 100_000 : 1_000_000
  const sizes = [...SIZES, { messages: largest, channels: 16 }]
  const subjects: Subject[] = []
  for (const size of sizes) subjects.push(await givenSubject(folder, size))
  const tracks = KINDS.flatMap((kind) =>
    subjects.map((subject): Track => ({ kind, subject, rounds: [], bare: [] })),
  )
  const rounds = options.quick ? ROUNDS_WHEN_QUICK : ROUNDS
  for (const kind of KINDS) {
    const alike = tracks.filter((track) => track.kind === kind)
    for (let round = 0; round <= rounds; round++) for (const track of alike) await measure(track, round > 0)
    process.stderr.write(`Measured: ${kind}\n`)
  }
  for (const { parley } of subjects) await parley.stop()
  const rows = tracks.map((track) => summarize(track, tracks))
  print(rows)
  for (const { what, parley, baseline, value } of pageResults(tracks))
    console.log(`${what}: ${parley}, ${baseline}, ratio ${value.toFixed(2)}`)
  writeResults(options.json, [...growthResults(rows), ...pageResults(tracks)])
}

async function measure({ kind, subject, rounds, bare }: Track, isKept: boolean): Promise<void> {
  const { parley, set, tokens } = subject
  const job = { port: parley.port, pid: parley.pid, tokens, calls: callsFor(kind, set) }
  const result = await generator.run({ ...job, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS })
  if (!isKept) return
  rounds.push(result)
  if (kind !== 'page') return
  const sqlite = openBareSqlite(set)
  bare.push(sqlite.measureReads(BARE_MS))
  sqlite.close()
}

const cpuOf = ({ serverCpuSeconds, requests }: LoadResult): number => (serverCpuSeconds * 1e6) / requests
const rateOf = ({ requests, seconds }: LoadResult): number => requests / seconds

/** The least of the rounds: nothing makes a request cheaper than it is, and much makes it dearer. */
const leastCpu = (rounds: readonly LoadResult[]): number => Math.min(...rounds.map(cpuOf))

function summarize({ kind, subject, rounds }: Track, all: readonly Track[]): GrowthRow {
  const smallest = all.find((track) => track.kind === kind)?.rounds ?? []
  return {
    kind,
    size: subject.size,
    perSecond: Math.max(...rounds.map(rateOf)),
    cpuMicros: leastCpu(rounds),
    growth: leastCpu(rounds) / leastCpu(smallest),
  }
}

function print(rows: readonly GrowthRow[]): void {
  console.log('over sockets   messages  channels   per second  us CPU  growth')
  for (const { kind, size, perSecond, cpuMicros, growth } of rows) {
    const cells = [
      kind.padEnd(10),
      size.messages.toLocaleString('en').padStart(11),
      size.channels.toLocaleString('en').padStart(8),
      Math.round(perSecond).toLocaleString('en').padStart(11),
      cpuMicros.toFixed(0).padStart(6),
      growth.toFixed(2).padStart(6),
      growth <= AIM ? '' : 'MISSED',
    ]
    console.log(cells.join('  ').trimEnd())
  }
}

/** The largest of each kind beside the smallest. */
function growthResults(rows: readonly GrowthRow[]): Result[] {
  const [smallest] = rows
  if (!smallest) return []
  const isLargest = ({ size }: GrowthRow): boolean =>
    size.channels === MOST_CHANNELS || size.messages > smallest.size.messages
  return rows.filter(isLargest).map(({ kind, size, cpuMicros, growth }) => {
    const small = rows.find((row) => row.kind === kind)
    const grown =
      size.channels === MOST_CHANNELS
        ? `${whole(size.channels)} channels beside ${smallest.size.channels}`
        : `${whole(size.messages)} messages beside ${whole(smallest.size.messages)}`
    return {
      what: `growth of ${kind}, ${grown}`,
      parley: `${whole(cpuMicros)} us CPU`,
      baseline: `${whole(small?.cpuMicros ?? Number.NaN)} us`,
      ...{ value: growth, unit: '', aim: { atMost: AIM } },
    }
  })
}

function pageResults(tracks: readonly Track[]): Result[] {
  const pages = tracks.filter(({ kind, subject }) => kind === 'page' && subject.size.channels === 16)
  return pages.map(({ subject, rounds, bare }) => ({
    what: `page of 50 over a socket, ${whole(subject.size.messages)} messages`,
    parley: `${whole(median(rounds.map(rateOf)))}/s`,
    baseline: `the bare query with JSON ${whole(median(bare))}/s`,
    ...{ value: medianRatio(rounds.map(rateOf), bare), unit: '', aim: { atLeast: AIM_PAGE } },
  }))
}

const generator = startCallsGenerator()

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
