// How long an SDK takes to start for a user with 1,000 joined channels, client and server on the same machine.
//   node bench/sdk-start/run.ts [--quick] [--json FILE]
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { type Server, startParley } from '../servers.ts'
import { API_KEY_SECRET, API_KEY_SID, tokenFor } from '../sockets/room.ts'
import type { Start } from './client.ts'
import { makeJoinedChannels } from './joined-channels.ts'

const CHANNELS = 1_000
const IDENTITY = 'sam'
const CLIENTS = { 'twilio-chat 6.0.0': 'twilio-chat-6', 'conversations 3.0.1': 'twilio-conversations-3' }
const ROUNDS = 5
const ROUNDS_WHEN_QUICK = 3
const AIM_MS = 2_000
const CLIENT_LIMIT_MS = 60_000
const TICKS_PER_SECOND = 100

type Round = Start & { serverCpuMs: number }
export type StartRow = { client: string; rounds: Round[] }

/** Uses `folder` for the database. */
export async function measureSdkStarts(folder: string, quick: boolean): Promise<StartRow[]> {
  const parley = await startParley(folder, join(folder, 'sdk-start.db'), {
    PARLEY_API_KEY_SID: API_KEY_SID,
    PARLEY_API_KEY_SECRET: API_KEY_SECRET,
  })
  const token = await tokenFor(await makeJoinedChannels(parley.port, IDENTITY, CHANNELS), IDENTITY)
  const rows: StartRow[] = []
  for (const [client, module] of Object.entries(CLIENTS)) {
    const rounds: Round[] = []
    while (rounds.length < (quick ? ROUNDS_WHEN_QUICK : ROUNDS)) {
      rounds.push(await startClient(module, parley, token))
    }
    rows.push({ client, rounds })
  }
  await parley.stop()
  return rows
}

async function startClient(module: string, { port, pid }: Server, token: string): Promise<Round> {
  const script = join(import.meta.dirname, 'client.ts')
  const args = [script, module, String(CHANNELS), `ws://127.0.0.1:${port}/v3/wsconnect`, token]
  const before = cpuMsOf(pid)
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: CLIENT_LIMIT_MS })
  return { ...(JSON.parse(stdout) as Start), serverCpuMs: cpuMsOf(pid) - before }
}

/** Of another process; NaN where the system does not tell. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

/** Medians of the rounds. */
export function renderSdkStarts(rows: readonly StartRow[]): string {
  const lines = rows.map(({ client, rounds }) => {
    const of = (name: keyof Round): number => median(rounds.map((round) => round[name]))
    const verdict = of('allPresentMs') <= AIM_MS ? 'met' : 'missed'
    const cells = (['initializedMs', 'allPresentMs', 'cpuMs', 'serverCpuMs'] as const).map((name, i) =>
      Math.round(of(name))
        .toLocaleString('en')
        .padStart([14, 15, 14, 14][i] ?? 0),
    )
    return `${client.padEnd(20)}${cells.join('')}  aim of ${AIM_MS / 1_000} s ${verdict}`
  })
  const head = `SDK start, ${CHANNELS.toLocaleString('en')} joined channels`
  const names = `${''.padEnd(20)}${'initialized ms'.padStart(14)}${'all present ms'.padStart(15)}${'client CPU ms'.padStart(14)}${'server CPU ms'.padStart(14)}`
  return [head, names, ...lines].join('\n')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const rows = await measureSdkStarts(folder, options.quick ?? false)
  console.log(renderSdkStarts(rows))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
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
