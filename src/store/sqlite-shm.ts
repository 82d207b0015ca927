// How often the database file has been changed, by whatever connection of whatever process: SQLite counts its
// transactions in the index of the log, a file beside the database (walformat.html, "The WAL-Index Header").
import { closeSync, openSync, readSync } from 'node:fs'

/** Of the 32 bits that are incremented with each transaction, in the byte order of the machine. */
const OFFSET = 8
const bytes = new Uint32Array(1)

/** `file` is open for reading. */
export function readChangeCount(file: number): number {
  readSync(file, bytes, 0, bytes.byteLength, OFFSET)
  return bytes[0] ?? 0
}

export class ChangeCount {
  /** Stays open as long as a connection of this process: closing it would give up their locks. */
  readonly file: number
  #expected: number

  /** `path` is that of a database which is open. */
  constructor(path: string) {
    this.file = openSync(`${path}-shm`, 'r')
    this.#expected = readChangeCount(this.file)
  }

  get expected(): number {
    return this.#expected
  }

  /** True when somebody else has changed the database, until `accept`. */
  hasMoved(): boolean {
    return readChangeCount(this.file) !== this.#expected
  }

  accept(): void {
    this.#expected = readChangeCount(this.file)
  }

  /** A transaction of ours has changed the database. */
  countOwn(): void {
    this.#expected = (this.#expected + 1) >>> 0
  }

  close(): void {
    closeSync(this.file)
  }
}
