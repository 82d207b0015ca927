// Which of the tables with kept or counted rows a statement changes.
import { CACHED_TABLES, COUNTED_TABLES } from './database.ts'

/** Stands for all tables. */
export const ALL_TABLES = '*'

const WRITES =
  /^\s*(?:insert(?:\s+or\s+\w+)?\s+into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+(\w+)/i
const READS = /^\s*(?:select|begin|commit|rollback|savepoint|release|pragma)\b/i
const CACHED: ReadonlySet<string> = new Set(CACHED_TABLES)
const COUNTED: ReadonlySet<string> = new Set(COUNTED_TABLES)

/** One of COUNTED_TABLES, ALL_TABLES for a statement of which that cannot be told, or undefined. */
export function writtenTable(text: string): string | undefined {
  if (READS.test(text)) return undefined
  const table = WRITES.exec(text)?.[1]?.toLowerCase()
  if (table === undefined) return ALL_TABLES
  return COUNTED.has(table) ? table : undefined
}

/** True where rows may be kept by `cached`; `table` is an answer of writtenTable. */
export function mayBeKept(table: string): boolean {
  return table === ALL_TABLES || CACHED.has(table)
}
