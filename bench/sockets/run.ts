// Fan-out: what one delivery costs the server, next to plain `ws` in the same minutes. One delivery is one message
// with both its events at one socket.
//   node bench/sockets/run.ts [--quick] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { percentile } from '../median.ts'
import { MESSAGE_BODY } from '../requests.ts'
import { writeResults } from '../result.ts'
import { type Server, startBareWs, startFanoutGenerator, startParley } from '../servers.ts'
import type { FanoutJob, FanoutResult } from './fanout-load.ts'
import { measureIdle } from './idle.ts'
import { costOf, fanoutResults, idleResults, middleOf, type Row, rowOf, sendResult } from './results.ts'
import { BENCH_ENV, makeRoom } from './room.ts'
import { sampleFrames } from './sample.ts'
import { measureSends } from './sends.ts'

const SENDERS = 10
const ROUNDS = 3
const TIMES = { warmUpMs: 1_000, measureMs: 2_000 }
const TIME_LIMIT_MS = 240_000

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  setTimeout(() => process.exit(1), TIME_LIMIT_MS).unref()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const rows: Row[] = []
  for (const sockets of options.quick ? [200] : [200, 2_000])
    rows.push(...(await measure(folder, sockets, options.quick ? 1 : ROUNDS)))
  print(rows)
  const sends = await measureSends(folder)
  for (const { what, perSecond, cpuMicros, baseline, ratio } of sends) {
    console.log(
      `${what}: ${Math.round(perSecond).toLocaleString('en')} durable sends/s, ${Math.round(cpuMicros)} us CPU each; bare SQLite with 32 sends in a commit ${Math.round(baseline).toLocaleString('en')}/s, ratio ${ratio.toFixed(2)}`,
    )
  }
  const idle = await measureIdle(folder, options.quick ? 2_000 : 10_000, options.quick ? 1_000 : 5_000)
  console.log(
    `${idle.sockets} idle sockets with 10 subscriptions: ${idle.parleyKilobytes.toFixed(1)} KB each, a bare ws socket ${idle.bareKilobytes.toFixed(1)} KB`,
  )
  console.log(
    `reconnect storm: ${idle.storm.resumed} clients cut at once, 20 messages sent meanwhile: ${idle.storm.complete} resumed with all of them in ${idle.storm.seconds.toFixed(1)} s`,
  )
  writeResults(options.json, [...fanoutResults(rows), ...sends.map(sendResult), ...idleResults(idle)])
}

/** The plain server and both protocols take turns. */
async function measure(folder: string, sockets: number, rounds: number): Promise<Row[]> {
  const parley = await startParley(folder, join(folder, `fanout-${sockets}.db`), BENCH_ENV)
  const room = await makeRoom(parley.port)
  const bare = await startBareWs(await sampleFrames(parley.port, room))
  const job = (server: Server, protocol: number | null): FanoutJob => ({
    ...{ port: server.port, pid: server.pid, sockets, senders: SENDERS, body: MESSAGE_BODY, ...TIMES },
    parley: protocol === null ? null : { ...room, protocol },
  })
  const run = async (server: Server, protocol: number | null): Promise<FanoutResult> => {
    const generator = startFanoutGenerator()
    const result = await generator.run(job(server, protocol))
    generator.stop()
    return result
  }
  const plain: FanoutResult[] = []
  const version4: FanoutResult[] = []
  const version3: FanoutResult[] = []
  for (let round = 0; round < rounds; round++) {
    plain.push(await run(bare, null))
    version4.push(await run(parley, 4))
    version3.push(await run(parley, 3))
  }
  await bare.stop()
  await parley.stop()
  return [
    { sockets, what: 'plain ws', protocol: null, result: middleOf(plain), ratio: null },
    rowOf(sockets, 4, version4, plain),
    rowOf(sockets, 3, version3, plain),
  ]
}

function print(rows: readonly Row[]): void {
  console.log(
    'sockets  what                 deliveries/s  us CPU/delivery  ratio   p50 ms  p99 ms  generator CPU',
  )
  for (const { sockets, what, result, ratio } of rows) {
    const cells = [
      String(sockets).padStart(7),
      what.padEnd(20),
      Math.round(result.deliveries / result.seconds)
        .toLocaleString('en')
        .padStart(12),
      costOf(result).toFixed(1).padStart(15),
      (ratio === null ? '' : ratio.toFixed(2)).padStart(6),
      milliseconds(ratio, result, 0.5).padStart(7),
      milliseconds(ratio, result, 0.99).padStart(7),
      `${Math.round((100 * result.generatorCpuSeconds) / result.seconds)} %`.padStart(13),
    ]
    console.log(cells.join('  '))
  }
}

/** The plain server sends one message over and over, which says nothing of when it was sent. */
function milliseconds(ratio: number | null, { latencies }: FanoutResult, share: number): string {
  return ratio === null ? '' : percentile(latencies, share).toFixed(0)
}

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
