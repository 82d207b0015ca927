// Sids: two capital letters and 32 lower-case hex digits (rest-v2.md §1.7).
// Ours sort by creation: 12 digits of milliseconds, 5 of a counter, 15 random.
// So a list in creation order is a list in sid order, and new rows go to the end of every index.
import { randomBytes } from 'node:crypto'

export type Sid<Prefix extends string> = `${Prefix}${string}`

const SID_PATTERN = /^..[0-9a-fA-F]{32}$/
const LOWER_CASE = /^..[0-9a-f]{32}$/
const TIME_DIGITS = 12
const MAX_COUNTER = 0xfffff
const RANDOM_CHUNK = 8
const randomPool = { bytes: Buffer.alloc(0), used: 0 }
const last = { time: 0, hex: '', counter: 0 }

/** A new sid that sorts after every sid this process made before, also when the clock steps back. */
export function newSid<Prefix extends string>(prefix: Prefix): Sid<Prefix> {
  const now = Date.now()
  if (now > last.time) startAt(now)
  else if (last.counter < MAX_COUNTER) last.counter++
  else startAt(last.time + 1)
  return `${prefix}${last.hex}${last.counter.toString(16).padStart(5, '0')}${randomHex15()}`
}

function startAt(time: number): void {
  last.time = time
  last.hex = time.toString(16).padStart(TIME_DIGITS, '0')
  last.counter = 0
}

/** A sid with no order in it, for accounts and keys. */
export function randomSid<Prefix extends string>(prefix: Prefix): Sid<Prefix> {
  return `${prefix}${randomBytes(16).toString('hex')}`
}

/** When `newSid` made it, in milliseconds. */
export function sidTime(sid: Sid<string>): number {
  return Number.parseInt(sid.slice(2, 2 + TIME_DIGITS), 16)
}

/** True for `prefix` and 32 hex digits of either case. */
export function isSid<Prefix extends string>(prefix: Prefix, text: string): text is Sid<Prefix> {
  return text.length === 34 && text.startsWith(prefix) && SID_PATTERN.test(text)
}

/** The stored spelling of a sid from outside (hex in lower case), or undefined when it is none. */
export function readSid<Prefix extends string>(prefix: Prefix, text: string): Sid<Prefix> | undefined {
  // Mostly the very same text: whoever looks it up finds its hash with it.
  if (text.startsWith(prefix) && LOWER_CASE.test(text)) return text as Sid<Prefix>
  return isSid(prefix, text) ? `${prefix}${text.slice(2).toLowerCase()}` : undefined
}

function randomHex15(): string {
  if (randomPool.used + RANDOM_CHUNK > randomPool.bytes.length) {
    randomPool.bytes = randomBytes(4096)
    randomPool.used = 0
  }
  const start = randomPool.used
  randomPool.used += RANDOM_CHUNK
  return randomPool.bytes.toString('hex', start, start + RANDOM_CHUNK).slice(0, 15)
}
