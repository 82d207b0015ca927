// Page tokens for clients: opaque, without `=`, which one of their parsers cuts off (realtime-protocol.md §2.8, §5.3).
// They hold everything about the page, as some clients send the token alone.
import { errors } from '../chat/errors.ts'
import { parseObject } from '../lib/json.ts'
import type { Order, PageRequest, Position } from '../store/paging.ts'

export type PageOf<Key> = PageRequest<Key> & { order: Order }

const SIDES = ['after', 'from', 'before', 'upTo'] as const

export function pageToken<Key extends string | number>(
  { order, size }: Pick<PageOf<Key>, 'order' | 'size'>,
  position: Position<Key> | null,
): string | null {
  if (position === null) return null
  const json = JSON.stringify({ o: order, n: size, s: position.side, k: position.key })
  return Buffer.from(json).toString('base64url')
}

/** Throws invalidPageToken; sizes are cut to `maxSize`. */
export function readPageToken(token: string, maxSize: number): PageOf<string | number> {
  const fields = parseObject(Buffer.from(token, 'base64url').toString('utf8'))
  const order = fields?.o
  const size = fields?.n
  const side = SIDES.find((name) => name === fields?.s)
  const key = fields?.k
  if (
    (order !== 'asc' && order !== 'desc') ||
    !isPageSize(size) ||
    side === undefined ||
    (typeof key !== 'string' && !isIndex(key)) ||
    (typeof key === 'string' && key.includes('\0'))
  ) {
    throw errors.invalidPageToken()
  }
  return { order, size: Math.min(size, maxSize), from: { side, key } }
}

function isPageSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
