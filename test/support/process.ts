// The real process, as a user starts it: nothing reaches it but the environment that the test gives.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestDatabase } from './databases.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN } from './server.ts'

/** The program. */
export const MAIN = join(import.meta.dirname, '../../src/main.ts')

export type Env = Record<string, string>
export type Exit = { code: number | null; signal: NodeJS.Signals | null }
export type ListeningLine = { msg: string; url: string; address: string }

export type ParleyProcess = AsyncDisposable & {
  /** What came on standard output so far. */
  lines: readonly string[]
  stderr(): string
  /** Resolves once the process is over and all its output is here. */
  exit: Promise<Exit>
  /** The first line that contains `text`, also when it came before. Rejects when the process ends without it. */
  line(text: string): Promise<string>
  /** The line that says that the server is ready. */
  listening(): Promise<ListeningLine>
  /** True when the signal was sent. */
  kill(signal: NodeJS.Signals): boolean
}

/** The credentials of test/support/server.ts. */
export const PINS: Env = {
  PARLEY_ACCOUNT_SID: ACCOUNT_SID,
  PARLEY_AUTH_TOKEN: AUTH_TOKEN,
  PARLEY_API_KEY_SID: API_KEY_SID,
  PARLEY_API_KEY_SECRET: API_KEY_SECRET,
}

/** `parley serve` on a free port with known credentials. */
export function serve(database: Pick<TestDatabase, 'url'>, env: Env = {}): ParleyProcess {
  return spawnParley(['serve'], { PORT: '0', DATABASE_URL: database.url, ...PINS, ...env })
}

/** Runs a command to its end. */
export async function runParley(
  args: string[],
  env: Env = {},
): Promise<Exit & { stdout: string; stderr: string }> {
  await using parley = spawnParley(args, env)
  const exit = await parley.exit
  return { ...exit, stdout: parley.lines.join('\n'), stderr: parley.stderr() }
}

/** Starts the command in a folder of its own, which goes with it, unless `cwd` names one. `main` is the program. */
export function spawnParley(args: string[], env: Env = {}, cwd?: string, main = MAIN): ParleyProcess {
  const folder = cwd ?? mkdtempSync(join(tmpdir(), 'parley-process-'))
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  let stderr = ''
  let waiting: (() => void)[] = []
  let over = false
  const wake = (): void => {
    for (const resume of waiting.splice(0)) resume()
  }
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    wake()
  })
  const exit = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      over = true
      resolve({ code, signal })
      wake()
    })
  })
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = lines.find((candidate) => candidate.includes(text))
      if (found !== undefined) return found
      if (over) throw new Error(`The process ended without '${text}': ${lines.join('\n')}\n${stderr}`)
      await new Promise<void>((resume) => {
        waiting = [...waiting, resume]
      })
    }
  }
  return {
    lines,
    stderr: () => stderr,
    exit,
    line,
    listening: async () => JSON.parse(await line('listening')),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      if (cwd === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
