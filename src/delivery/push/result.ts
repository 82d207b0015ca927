// What came of one request to a push provider.

export type PushResult =
  | { kind: 'accepted'; status: number | null }
  /** Never, whatever happens: the provider's word or ours, and the code of the family 521xx that goes with it. */
  | Refused
  /** The device is gone: since when, if the provider knows. */
  | { kind: 'dead'; status: number; reason: string; code: number; since: number | null }
  /** Not now. `whole`: the provider or the credential is in trouble, not this device. */
  | Later

export type Refused = { kind: 'refused'; status: number | null; reason: string; code: number | null }
type Later = {
  kind: 'later'
  status: number | null
  reason: string
  code: number | null
  /** How long the provider wants to be left alone, if it said so. */
  afterMs: number | null
  whole: boolean
}

export function refused(reason: string, code: number | null, status: number | null = null): Refused {
  return { kind: 'refused', status, reason, code }
}

/** Nobody answered, or not in time. */
export function unanswered(reason: string, code: number | null): Later {
  return { kind: 'later', status: null, reason, code, afterMs: null, whole: true }
}

const LONGEST_PAUSE_MS = 86_400_000

/** Milliseconds from a `Retry-After` header, in seconds or as a date; null when there is none. */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | null {
  const text = String(header ?? '').trim()
  const isDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, /.test(text)
  const wanted = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : isDate ? Date.parse(text) - now : Number.NaN
  return Number.isNaN(wanted) ? null : Math.min(LONGEST_PAUSE_MS, Math.max(0, wanted))
}
