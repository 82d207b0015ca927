// A script of the tests in a process of its own.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Ended = { code: number | null; output: string; errors: string }

/** Runs the script to its end; after `ms` it is killed. Its environment is only what is given here. */
export function runScript(
  script: string,
  args: string[],
  env: Record<string, string>,
  ms: number,
): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ms,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output, errors })))
}
