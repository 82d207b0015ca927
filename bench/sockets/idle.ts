// What an idle connection costs in memory, and how long thousands of clients take to come back at once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AUTHORIZATION } from '../requests.ts'
import { startBareIdle, startIdleGenerator, startParley } from '../servers.ts'
import type { IdleJob, StormResult } from './idle-load.ts'
import { BENCH_ENV, makeWatchedRooms } from './room.ts'

const ROOMS = 50
const OBJECTS_EACH = 10
const SETTLE_MS = 3_000

export type IdleResult = {
  sockets: number
  bareKilobytes: number
  parleyKilobytes: number
  storm: StormResult
}

/** Kilobytes of resident memory that each connection adds; the storm is measured with `stormers` sockets. */
export async function measureIdle(folder: string, sockets: number, stormers: number): Promise<IdleResult> {
  const bare = await startBareIdle()
  const bareKilobytes = await memoryOf(bare.pid, { port: bare.port, sockets, tokens: null, subscribe: [] })
  await bare.stop()
  const parley = await startParley(folder, join(folder, 'idle.db'), BENCH_ENV)
  const rooms = await makeWatchedRooms(parley.port, ROOMS, OBJECTS_EACH)
  const job: IdleJob = { port: parley.port, sockets, tokens: rooms.tokens, subscribe: rooms.subscribe }
  const parleyKilobytes = await memoryOf(parley.pid, job)
  const storm = await measureStorm(parley.port, rooms, stormers)
  await parley.stop()
  return { sockets, bareKilobytes, parleyKilobytes, storm }
}

async function memoryOf(pid: number, job: IdleJob): Promise<number> {
  const before = residentKilobytes(pid)
  const generator = startIdleGenerator()
  await generator.open(job)
  await sleep(SETTLE_MS)
  const after = residentKilobytes(pid)
  generator.stop()
  await sleep(SETTLE_MS)
  return (after - before) / job.sockets
}

async function measureStorm(
  port: number,
  rooms: Awaited<ReturnType<typeof makeWatchedRooms>>,
  sockets: number,
): Promise<StormResult> {
  const generator = startIdleGenerator()
  // Everyone watches the first room's messages.
  const [first = []] = rooms.subscribe
  await generator.open({ port, sockets, tokens: rooms.tokens, subscribe: [first.slice(0, 1)] })
  const url = `http://127.0.0.1:${port}${rooms.restMessages}`
  const result = await generator.storm({
    storm: true,
    messages: 20,
    sendWhileAway: { url, authorization: AUTHORIZATION },
  })
  generator.stop()
  return result
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
