// The processes of a benchmark: the real server, the bare ones, and the load generator.
import { type ChildProcess, type ForkOptions, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BareAnswers } from './bare-fastify.ts'
import type { LoadJob } from './load.ts'
import { forkOnLastCore } from './one-core.ts'
import { ACCOUNT_SID, AUTH_TOKEN } from './requests.ts'
import type { RouteGreeting } from './same-route.ts'
import type { BareSizes } from './sockets/bare-ws.ts'
import type { CallsJob } from './sockets/calls-load.ts'
import type { FanoutJob, FanoutResult } from './sockets/fanout-load.ts'
import type { IdleJob, StormJob, StormResult } from './sockets/idle-load.ts'
import type { LoadResult } from './window.ts'

export type Server = { port: number; pid: number; stop(): Promise<void> }
export type Generator = { run(job: LoadJob): Promise<LoadResult> }

const START_TIMEOUT_MS = 15_000

/** `node src/main.ts serve` as an operator runs it, with its log in a file. */
export async function startParley(
  folder: string,
  databasePath: string,
  env: Record<string, string> = {},
): Promise<Server> {
  const port = await freePort()
  const log = openSync(join(folder, 'parley.log'), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts'), 'serve'], {
    cwd: folder,
    stdio: ['ignore', log, 'inherit'],
    env: {
      PORT: String(port),
      DATABASE_URL: `sqlite:${databasePath}`,
      PARLEY_ACCOUNT_SID: ACCOUNT_SID,
      PARLEY_AUTH_TOKEN: AUTH_TOKEN,
      ...env,
    },
  })
  dieTogether(child)
  await untilReady(child, port)
  return { port, pid: child.pid ?? 0, stop: () => stop(child) }
}

export function startBareFastify(answers: BareAnswers): Promise<Server> {
  return startBare('bare-fastify.ts', answers)
}

export function startSameRoute(greeting: RouteGreeting): Promise<Server> {
  return startBare('same-route.ts', greeting)
}

export function startBareHttp(): Promise<Server> {
  return startBare('bare-http.ts', {})
}

export function startBareWs(frames: BareSizes): Promise<Server> {
  return startBare('sockets/bare-ws.ts', frames)
}

/** A back end that takes webhooks. */
export function startReceiver(): Promise<Server> {
  return startBare('webhooks/receiver.ts', {})
}

/** A generator for one job. */
export function startFanoutGenerator(): { run(job: FanoutJob): Promise<FanoutResult>; stop(): void } {
  const child = forkHere('sockets/fanout-load.ts', forkOnLastCore())
  return {
    async run(job) {
      child.send(job)
      return (await messageOf(child)) as FanoutResult
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

export function startBareIdle(): Promise<Server> {
  return startBare('sockets/bare-idle.ts', {})
}

export function startIdleGenerator(): {
  open(job: IdleJob): Promise<unknown>
  storm(job: StormJob): Promise<StormResult>
  stop(): void
} {
  const child = forkHere('sockets/idle-load.ts', forkOnLastCore())
  const ask = (job: object): Promise<unknown> => {
    child.send(job)
    return messageOf(child)
  }
  return {
    open: ask,
    storm: async (job) => (await ask(job)) as StormResult,
    stop: () => void child.kill('SIGKILL'),
  }
}

export function startGenerator(): Generator {
  return startGeneratorOf<LoadJob>('load.ts')
}

/** Asks over sockets. */
export function startCallsGenerator(): { run(job: CallsJob): Promise<LoadResult> } {
  return startGeneratorOf<CallsJob>('sockets/calls-load.ts')
}

function startGeneratorOf<Job extends object>(file: string): { run(job: Job): Promise<LoadResult> } {
  const child = forkHere(file, forkOnLastCore())
  return {
    async run(job) {
      child.send(job)
      return (await messageOf(child)) as LoadResult
    },
  }
}

async function startBare(file: string, greeting: object): Promise<Server> {
  const child = forkHere(file)
  child.send(greeting)
  const port = Number(await messageOf(child))
  return { port, pid: child.pid ?? 0, stop: () => stop(child) }
}

function forkHere(file: string, options: ForkOptions = {}): ChildProcess {
  const child = fork(join(import.meta.dirname, file), options)
  dieTogether(child)
  return child
}

/** The next message; rejects when the process ends instead. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController()
  const { signal } = over
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('A process of the benchmark has ended early')
  })
  try {
    return (await Promise.race([once(child, 'message', { signal }), ended]))[0]
  } finally {
    ended.catch(() => {})
    over.abort()
  }
}

function dieTogether(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(20)
  }
  throw new Error('The server did not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
