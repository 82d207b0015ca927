// Durable sends over sockets: each sender waits for the answer, and no answer leaves before its fsync.
import { join } from 'node:path'
import { openBareSqlite } from '../bare-sqlite.ts'
import { MESSAGE_BODY } from '../requests.ts'
import { seedDatabase } from '../seed.ts'
import { startFanoutGenerator, startParley } from '../servers.ts'
import { BENCH_ENV, makeRoom, makeRooms, type Room } from './room.ts'

const SENDERS = 50
const PER_COMMIT = 50

export type SendRow = { what: string; perSecond: number; cpuMicros: number; baseline: number }

/** The baseline is bare SQLite with as many rows in a commit as there are senders. */
export async function measureSends(
  folder: string,
  times: { warmUpMs: number; measureMs: number },
): Promise<SendRow[]> {
  const set = await seedDatabase(folder, 1_000)
  const bare = openBareSqlite(set)
  const parley = await startParley(folder, join(folder, 'sends.db'), BENCH_ENV)
  const rows: SendRow[] = []
  const one = await makeRoom(parley.port)
  for (const [what, room] of [
    ['50 senders in 50 channels', await makeRooms(parley.port, SENDERS)],
    ['50 senders in one channel', { ...one, subscribe: [] }],
  ] as [string, Room][]) {
    const generator = startFanoutGenerator()
    const job = { port: parley.port, pid: parley.pid, sockets: SENDERS, senders: SENDERS, body: MESSAGE_BODY }
    const result = await generator.run({ ...job, ...times, parley: { ...room, protocol: 4 } })
    generator.stop()
    const baseline = bare.measureSends(PER_COMMIT, 1_000)
    rows.push({
      what,
      perSecond: result.sends / result.seconds,
      cpuMicros: (result.serverCpuSeconds / result.sends) * 1e6,
      baseline,
    })
  }
  bare.close()
  await parley.stop()
  return rows
}
