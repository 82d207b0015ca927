// Keeps a load generator to one core. It stands for machines of their own, and one that wanders between the cores takes
// the server's threads from theirs: 50 senders in one channel were answered 1.15 times as fast without that.
import { type ForkOptions, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What `fork` needs for it; nothing on one core, or on a system without `taskset`. */
export function forkOnLastCore(): ForkOptions {
  const core = lastCore()
  if (core === null || spawnSync('taskset', ['--version']).status !== 0) return {}
  return { execPath: 'taskset', execArgv: ['--cpu-list', core, process.execPath] }
}

/** Of several that this process may use. */
function lastCore(): string | null {
  if (process.platform !== 'linux') return null
  const status = readFileSync('/proc/self/status', 'latin1')
  return /^Cpus_allowed_list:\s*\S*[,-](\d+)$/m.exec(status)?.[1] ?? null
}
