// The aims of what is measured over sockets.
import { medianRatio, percentile } from '../median.ts'
import { type Result, whole } from '../result.ts'
import type { FanoutResult } from './fanout-load.ts'
import type { IdleResult } from './idle.ts'
import type { SendRow } from './sends.ts'

export type Row = {
  sockets: number
  what: string
  /** Of events; null for the plain server. */
  protocol: 3 | 4 | null
  result: FanoutResult
  ratio: number | null
}

const AIMS = { 3: 0.6, 4: 0.3 }
const AIM_SENDS = 0.5
const AIM_KILOBYTES = 20
const AIM_STORM_SECONDS = 10

/** Microseconds of server CPU for one delivery. */
export function costOf({ serverCpuSeconds, deliveries }: FanoutResult): number {
  return (serverCpuSeconds / deliveries) * 1e6
}

/** The round in the middle, and the median of the rounds' ratios. */
export function rowOf(
  sockets: number,
  protocol: 3 | 4,
  rounds: readonly FanoutResult[],
  plain: readonly FanoutResult[],
): Row {
  const ratio = medianRatio(rounds.map(costOf), plain.map(costOf))
  return { sockets, what: `Parley, protocol ${protocol}`, protocol, result: middleOf(rounds), ratio }
}

/** By cost. */
export function middleOf(rounds: readonly FanoutResult[]): FanoutResult {
  const sorted = rounds.toSorted((a, b) => costOf(a) - costOf(b))
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('No round was measured')
  return middle
}

export function fanoutResults(rows: readonly Row[]): Result[] {
  return rows.flatMap(({ sockets, protocol, result, ratio }): Result[] => {
    const plain = rows.find((row) => row.sockets === sockets && row.protocol === null)
    if (protocol === null || ratio === null || !plain) return []
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(result.latencies, share).toFixed(0))
    return [
      {
        what: `fan-out to ${whole(sockets)} sockets, protocol ${protocol}`,
        parley: `${costOf(result).toFixed(1)} us CPU, ${whole(result.deliveries / result.seconds)} deliveries/s, p50 ${p50} ms, p99 ${p99} ms`,
        baseline: `plain ws ${costOf(plain.result).toFixed(1)} us, ${whole(plain.result.deliveries / plain.result.seconds)}/s`,
        ...{ value: ratio, unit: '', aim: { atMost: AIMS[protocol] } },
      },
    ]
  })
}

export function sendResult({ what, perSecond, cpuMicros, baseline, ratio }: SendRow): Result {
  return {
    what: `durable sends over sockets, ${what}`,
    parley: `${whole(perSecond)}/s, ${whole(cpuMicros)} us CPU`,
    baseline: `bare SQLite, 32 sends in a commit, ${whole(baseline)}/s`,
    ...{ value: ratio, unit: '', aim: { atLeast: AIM_SENDS } },
  }
}

export function idleResults({ sockets, parleyKilobytes, bareKilobytes, storm }: IdleResult): Result[] {
  return [
    {
      what: `memory of an idle socket with 10 subscriptions, of ${whole(sockets)}`,
      parley: `${parleyKilobytes.toFixed(1)} KB`,
      baseline: `a bare ws socket ${bareKilobytes.toFixed(1)} KB`,
      ...{ value: parleyKilobytes - bareKilobytes, unit: 'KB', aim: { atMost: AIM_KILOBYTES } },
    },
    {
      what: `${whole(storm.resumed)} clients cut at once resume`,
      parley: `${whole(storm.complete)} have all 20 messages sent meanwhile`,
      baseline: '',
      value: storm.complete === storm.resumed ? storm.seconds : Number.POSITIVE_INFINITY,
      ...{ unit: 's', aim: { atMost: AIM_STORM_SECONDS } },
    },
  ]
}
