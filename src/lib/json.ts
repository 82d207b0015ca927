// Objects as JSON for the network, and from it.

/** With fewer items a list is encoded whole. */
const LONG_LIST = 8
/** Encoded at once: a short text for each item costs a tenth more. */
const GROUP = 32
const SCRATCH_BYTES = 1_048_576
/** At most, of one character in UTF-8. */
const BYTES_PER_CHARACTER = 3

const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

/**
 * The same as JSON.stringify: as text, or as bytes where a member of the object is a long list. Such a list is encoded
 * in groups into bytes that are used again: a text of hundreds of kilobytes costs more for its memory than for its
 * characters (250 items: 640 us instead of 1,600).
 */
export function toJson(body: object): string | Buffer {
  const isLong = Object.values(body).some((value) => Array.isArray(value) && value.length >= LONG_LIST)
  return isLong ? toBytes(body) : JSON.stringify(body)
}

/** JSON can be read however deeply it nests. Engines that write it give up somewhere below this, or not at all. */
const MAX_LEVELS = 1_000

/** What came as JSON as a text again, or undefined where it nests too deeply for that. */
export function backToJson(value: unknown): string | undefined {
  return nestsDeeper(value, MAX_LEVELS) ? undefined : JSON.stringify(value)
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1))
}

/** The JSON object in the text, or undefined. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** What JSON calls an object, or undefined. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : undefined
}

function toBytes(body: object): Buffer {
  let bytes: Buffer = scratch
  let size = 0
  const write = (text: string): void => {
    const needed = size + text.length * BYTES_PER_CHARACTER
    if (needed > bytes.length) bytes = grow(bytes, size, needed)
    size += bytes.write(text, size)
  }
  let separator = '{'
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue
    write(`${separator}${JSON.stringify(name)}:`)
    if (Array.isArray(value) && value.length > 0) writeItems(value, write)
    else write(JSON.stringify(value))
    separator = ','
  }
  write('}')
  return Buffer.from(bytes.subarray(0, size))
}

function writeItems(items: readonly unknown[], write: (text: string) => void): void {
  write('[')
  for (let i = 0; i < items.length; i += GROUP) {
    if (i > 0) write(',')
    write(JSON.stringify(items.slice(i, i + GROUP)).slice(1, -1))
  }
  write(']')
}

function grow(bytes: Buffer, size: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(2 * needed)
  bytes.copy(larger, 0, 0, size)
  return larger
}
