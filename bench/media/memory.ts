// The memory that a process holds, seen from outside.
import { readFileSync } from 'node:fs'

/** Bytes; NaN where the system does not tell. */
export type Memory = { before: number; most: number; after: number }

const EVERY_MS = 50

/** Looks at the process many times a second until it is stopped. */
export function watchMemory(pid: number): { stop(): Memory } {
  const before = residentBytes(pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, residentBytes(pid))
  }, EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      return { before, most, after: residentBytes(pid) }
    },
  }
}

function residentBytes(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    return Number.NaN
  }
}
