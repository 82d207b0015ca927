// How long an SDK takes to start for a user with 10, 100 and 1,000 joined channels, client and server on one machine.
//   node bench/sdk-start/run.ts [--quick] [--json FILE]
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { cpuSecondsOf } from '../cpu.ts'
import { median } from '../median.ts'
import { type Result, whole, writeResults } from '../result.ts'
import { type Server, startParley } from '../servers.ts'
import { API_KEY_SECRET, API_KEY_SID, tokenFor } from '../sockets/room.ts'
import type { Mode, Start } from './client.ts'
import { makeJoinedChannels } from './joined-channels.ts'

const COUNTS = [10, 100, 1_000]
const IDENTITY = 'sam'
const CLIENTS = { 'twilio-chat 6.0.0': 'twilio-chat-6', 'conversations 3.0.1': 'twilio-conversations-3' }
const ROUNDS = 5
const ROUNDS_WHEN_QUICK = 3
const AIM_MS = 2_000
const CLIENT_LIMIT_MS = 60_000
const NAME = 28
const COLUMN = 16
/** Processes that want to run, before any of ours does. */
const BUSY_LOAD = 0.5

type Round = Start & { serverCpuMs: number }
/** `alone`: of the same client with every answer ready in its own process. */
export type StartRow = { client: string; channels: number; rounds: Round[]; alone: Round[] }

/** Uses `folder` for the database. */
export async function measureSdkStarts(folder: string, quick: boolean): Promise<StartRow[]> {
  const parley = await startParley(folder, join(folder, 'sdk-start.db'), {
    PARLEY_API_KEY_SID: API_KEY_SID,
    PARLEY_API_KEY_SECRET: API_KEY_SECRET,
  })
  const rows: StartRow[] = []
  for (const channels of COUNTS) {
    const token = await tokenFor(await makeJoinedChannels(parley.port, IDENTITY, channels), IDENTITY)
    for (const [client, module] of Object.entries(CLIENTS)) {
      const file = join(folder, `${module}-${channels}.json`)
      const run = (...mode: [] | [Mode, string]): Promise<Round> =>
        startClient(
          [module, String(channels), `ws://127.0.0.1:${parley.port}/v3/wsconnect`, token, ...mode],
          parley,
        )
      await run('record', file)
      const row: StartRow = { client, channels, rounds: [], alone: [] }
      while (row.rounds.length < (quick ? ROUNDS_WHEN_QUICK : ROUNDS)) {
        row.rounds.push(await run())
        row.alone.push(await run('replay', file))
      }
      rows.push(row)
    }
  }
  await parley.stop()
  return rows
}

/** `args` are those of `client.ts`. */
async function startClient(args: string[], { pid }: Server): Promise<Round> {
  const script = join(import.meta.dirname, 'client.ts')
  const before = cpuSecondsOf(pid) * 1_000
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
    timeout: CLIENT_LIMIT_MS,
  })
  return { ...(JSON.parse(stdout) as Start), serverCpuMs: cpuSecondsOf(pid) * 1_000 - before }
}

const COLUMNS: { title: string; of(round: Round): number }[] = [
  { title: 'load module ms', of: ({ loadMs }) => loadMs },
  { title: 'initialized ms', of: ({ initializedMs }) => initializedMs },
  { title: 'all present ms', of: ({ allPresentMs }) => allPresentMs },
  { title: 'client CPU ms', of: ({ cpuMs }) => cpuMs },
  { title: 'server CPU ms', of: ({ serverCpuMs }) => serverCpuMs },
]

/** Medians of the rounds, and the best of them: the client alone keeps a core busy, so other work shows at once. */
export function renderSdkStarts(rows: readonly StartRow[]): string {
  const titles = COLUMNS.map(({ title }) => title.padStart(COLUMN)).join('')
  const lines = rows.flatMap(({ client, channels, rounds, alone }) => [
    renderLine(`${client}, ${channels.toLocaleString('en')}`, rounds, median) + verdict(channels, rounds),
    renderLine('  best', rounds, (values) => Math.min(...values)),
    renderLine('  with every answer ready', alone, median),
  ])
  return ['SDK start, with so many joined channels', ' '.repeat(NAME) + titles, ...lines].join('\n')
}

function renderLine(name: string, rounds: Round[], choose: (values: number[]) => number): string {
  const cells = COLUMNS.map(({ of }) =>
    Math.round(choose(rounds.map(of)))
      .toLocaleString('en')
      .padStart(COLUMN),
  )
  return name.padEnd(NAME) + cells.join('')
}

function resultOf({ client, channels, rounds, alone }: StartRow): Result {
  const seconds = (of: Round[]): number => median(of.map(({ allPresentMs }) => allPresentMs)) / 1_000
  return {
    what: `start of ${client}, ${whole(channels)} channels`,
    parley: `${whole(median(rounds.map(({ serverCpuMs }) => serverCpuMs)))} ms CPU`,
    baseline: `the client itself ${whole(median(rounds.map(({ cpuMs }) => cpuMs)))} ms CPU; with every answer ready ${seconds(alone).toFixed(1)} s`,
    value: seconds(rounds),
    unit: 's',
    aim: channels === Math.max(...COUNTS) ? { atMost: AIM_MS / 1_000 } : null,
  }
}

function verdict(channels: number, rounds: Round[]): string {
  if (channels < Math.max(...COUNTS)) return ''
  const met = median(rounds.map(({ allPresentMs }) => allPresentMs)) <= AIM_MS
  return `  aim of ${AIM_MS / 1_000} s ${met ? 'met' : 'missed'}`
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [load = 0] = loadavg()
  const rows = await measureSdkStarts(folder, options.quick ?? false)
  if (load > BUSY_LOAD) console.log(`NOTE: other work is using this machine (load ${load.toFixed(1)})`)
  console.log(renderSdkStarts(rows))
  writeResults(options.json, rows.map(resultOf))
}

if (import.meta.main) {
  main().then(
    () => process.exit(0),
    (reason) => {
      console.error(reason)
      process.exit(1)
    },
  )
}
