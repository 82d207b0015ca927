// One measurement: warm up, look, wait, look again.
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOf, ownCpuSeconds } from './cpu.ts'

export type LoadResult = {
  requests: number
  seconds: number
  /** CPU time of the server; NaN where the system does not tell. */
  serverCpuSeconds: number
  generatorCpuSeconds: number
}
/** `pid` is the server's. */
export type Window = { pid: number; warmUpMs: number; measureMs: number }

/** What has happened while it lasts; `answered` counts from the beginning. */
export async function measureWindow(
  { pid, warmUpMs, measureMs }: Window,
  answered: () => number,
): Promise<LoadResult> {
  const look = () => ({
    answered: answered(),
    time: performance.now() / 1000,
    serverCpu: cpuSecondsOf(pid),
    generatorCpu: ownCpuSeconds(),
  })
  await sleep(warmUpMs)
  const before = look()
  await sleep(measureMs)
  const after = look()
  return {
    requests: after.answered - before.answered,
    seconds: after.time - before.time,
    serverCpuSeconds: after.serverCpu - before.serverCpu,
    generatorCpuSeconds: after.generatorCpu - before.generatorCpu,
  }
}
