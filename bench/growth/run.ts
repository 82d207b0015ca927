// What clients ask over sockets, on databases of several sizes in turn: does it stay as fast?
//   node bench/growth/run.ts [--quick] [--full] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBareSqlite } from '../bare-sqlite.ts'
import type { LoadResult } from '../load.ts'
import { median, medianRatio } from '../median.ts'
import { startCallsGenerator } from '../servers.ts'
import { callsFor, KINDS, type Kind } from './calls.ts'
import { givenSubject, type Size, type Subject } from './data.ts'

const ROUNDS = 5
const ROUNDS_WHEN_QUICK = 3
const WARM_UP_MS = 250
const MEASURE_MS = 700
const BARE_MS = 300
/** Each size next to the one before that differs in one thing. */
const SIZES: Size[] = [
  { messages: 10_000, channels: 16 },
  { messages: 10_000, channels: 1_000 },
  { messages: 10_000, channels: 100_000 },
]
const AIM = 1.2
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
  for (let round = 0; round <= rounds; round++) {
    for (const track of tracks) await measure(track, round > 0)
    process.stderr.write(round === 0 ? 'Warmed up\n' : `Round ${round} of ${rounds}\n`)
  }
  for (const { parley } of subjects) await parley.stop()
  const rows = tracks.map((track) => summarize(track, tracks))
  print(rows)
  printPages(tracks)
  if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
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

function summarize({ kind, subject, rounds }: Track, all: readonly Track[]): GrowthRow {
  const smallest = all.find((track) => track.kind === kind)?.rounds ?? []
  return {
    kind,
    size: subject.size,
    perSecond: median(rounds.map(rateOf)),
    cpuMicros: median(rounds.map(cpuOf)),
    growth: medianRatio(rounds.map(cpuOf), smallest.map(cpuOf)),
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

function printPages(tracks: readonly Track[]): void {
  for (const { kind, subject, rounds, bare } of tracks) {
    if (kind !== 'page') continue
    const ratio = medianRatio(rounds.map(rateOf), bare)
    console.log(
      `a page of 50 over a socket, ${subject.size.messages.toLocaleString('en')} messages: ${ratio.toFixed(2)} of the bare query with JSON (${Math.round(median(bare)).toLocaleString('en')}/s)`,
    )
  }
}

const generator = startCallsGenerator()

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
