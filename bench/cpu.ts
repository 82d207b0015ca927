// The CPU time of another process, as the operating system accounts for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const NANOSECONDS = 1e9

/** Seconds of all threads, in the program and in the system; NaN where the system does not tell. */
export function cpuSecondsOf(pid: number): number {
  if (!existsSync('/proc/self/schedstat')) return Number.NaN
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => sum + runNanoseconds(`/proc/${pid}/task/${thread}`), 0) / NANOSECONDS
}

/** 0 for a thread that has just ended. The times in `stat` are in hundredths of a second, which is too coarse for short measurements. */
function runNanoseconds(thread: string): number {
  try {
    return Number(readFileSync(`${thread}/schedstat`, 'latin1').split(' ')[0])
  } catch {
    return 0
  }
}

/** Likewise of this process. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
