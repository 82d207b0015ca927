// Durable sends over sockets: each sender waits for the answer, and no answer leaves before its fsync.
import { join } from 'node:path'
import { openBareSqlite } from '../bare-sqlite.ts'
import { median, medianRatio } from '../median.ts'
import { MESSAGE_BODY } from '../requests.ts'
import { seedDatabase } from '../seed.ts'
import { type Server, startFanoutGenerator, startParley } from '../servers.ts'
import type { FanoutResult } from './fanout-load.ts'
import { BENCH_ENV, makeRoom, makeRooms, type Room } from './room.ts'

export const SENDERS = 50
/** Of bare SQLite, as in the measurement by REST. */
const SENDS_PER_COMMIT = 32

/** Medians of the rounds, the ratio of each round's ratio. */
export type SendRow = { what: string; perSecond: number; cpuMicros: number; baseline: number; ratio: number }

const ROUNDS = 5
const WARM_UP_MS = 700
const MEASURE_MS = 1_500
const BARE_MS = 500

/** The baseline is bare SQLite with 32 sends in a commit, for as many channels, in turn with the server. */
export async function measureSends(folder: string): Promise<SendRow[]> {
  const set = await seedDatabase(folder, 1_000, 'bare-sends', SENDERS)
  const parley = await startParley(folder, join(folder, 'sends.db'), BENCH_ENV)
  const one = await makeRoom(parley.port)
  const rows: SendRow[] = []
  for (const [what, room, channels] of [
    ['50 senders in 50 channels', await makeRooms(parley.port, SENDERS), SENDERS],
    ['50 senders in one channel', { ...one, subscribe: [] }, 1],
  ] as [string, Room, number][]) {
    const bare = openBareSqlite({ ...set, channelSids: set.channelSids.slice(0, channels) })
    const results: FanoutResult[] = []
    const baselines: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      results.push(await measureOnce(parley, room))
      baselines.push(bare.measureSends(SENDS_PER_COMMIT, BARE_MS))
    }
    const rates = results.map(({ sends, seconds }) => sends / seconds)
    rows.push({
      what,
      perSecond: median(rates),
      cpuMicros: median(results.map(({ serverCpuSeconds, sends }) => (serverCpuSeconds / sends) * 1e6)),
      baseline: median(baselines),
      ratio: medianRatio(rates, baselines),
    })
    bare.close()
  }
  await parley.stop()
  return rows
}

/** One turn of senders that wait for each answer. */
export async function measureOnce({ port, pid }: Server, room: Room): Promise<FanoutResult> {
  const generator = startFanoutGenerator()
  const job = { port, pid, sockets: SENDERS, senders: SENDERS, body: MESSAGE_BODY }
  const times = { warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS }
  const result = await generator.run({ ...job, ...times, parley: { ...room, protocol: 4 } })
  generator.stop()
  return result
}
