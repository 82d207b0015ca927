// Reads of a database file: they see what is on disk, and nothing of a commit that is still on its way there.
// What is read in one turn of the event loop shares one snapshot: opening one costs as much as a small query.
import type { CachedTable } from './database.ts'
import type { RowCache } from './row-cache.ts'
import { type Sql, sql } from './sql.ts'
import { SqliteConnection } from './sqlite-connection.ts'

/** Opens a snapshot with the first block of the file alone: others cost a commit 55 us instead of 15. */
const LOOK: Sql = sql`pragma user_version`

export class SqliteReader {
  readonly #connection: SqliteConnection
  readonly #writer: SqliteConnection
  #isOpen = false
  #isHeld = false
  #hasLooked = false

  /** Shares the cache that the writer keeps up to date. */
  constructor(path: string, writer: SqliteConnection, cache: RowCache) {
    this.#writer = writer
    this.#connection = new SqliteConnection(path, cache)
    this.#connection.configure('pragma query_only = on; pragma cache_size = -65536')
  }

  rows<Row>(query: Sql): Row[] {
    if (!this.#isOpen) this.#open()
    return this.#connection.rows<Row>(query)
  }

  cached<Row>(tables: readonly CachedTable[], query: Sql): Row | undefined {
    this.#lookOutside()
    const found = this.#connection.find<Row>(tables, query)
    return found.isKept ? found.row : found.keep(this.rows<Row>(query)[0])
  }

  cachedMany<Row>(tables: readonly CachedTable[], query: Sql): readonly Row[] {
    this.#lookOutside()
    const found = this.#connection.find<readonly Row[]>(tables, query)
    return (found.isKept ? found.row : found.keep(this.rows<Row>(query))) ?? []
  }

  /** From here until `release`, reads see what was committed before. */
  hold(): void {
    this.#isHeld = true
    // The snapshot is taken by the first read.
    if (!this.#isOpen) this.rows(LOOK)
  }

  /** The next read sees everything that is committed by then. */
  release(): void {
    this.#isHeld = false
    this.#end()
  }

  close(): void {
    this.#connection.close()
    this.#isOpen = false
  }

  /** Once in a turn. */
  #lookOutside(): void {
    if (this.#hasLooked) return
    this.#hasLooked = true
    this.#writer.lookOutside()
    setImmediate(() => {
      this.#hasLooked = false
    })
  }

  #open(): void {
    this.#connection.run(sql`begin`)
    this.#isOpen = true
    if (!this.#isHeld) setImmediate(() => this.#endUnlessHeld())
  }

  #endUnlessHeld(): void {
    if (!this.#isHeld) this.#end()
  }

  #end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#connection.run(sql`commit`)
  }
}
