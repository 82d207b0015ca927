// What becomes of a job after an attempt.
import type { JobState } from '../store/lanes.ts'

export type Verdict =
  | { kind: 'delivered' }
  /** Again later, as the kind of job allows. */
  | { kind: 'retry'; afterMs: number }
  | { kind: 'failed' }
  /** Again later, whatever the kind of job allows: the target is held back, and this was a probe. */
  | { kind: 'wait' }

export function stateAfter({ kind }: Verdict): JobState {
  return kind === 'delivered' || kind === 'failed' ? kind : 'waiting'
}

/** A quarter more or less, so that what failed at the same time does not come back at the same time. */
export function jittered(ms: number): number {
  return Math.round(ms * (0.75 + Math.random() / 2))
}
