// The write-ahead log of a database file. SQLite writes it and we bring it to disk: that way a commit is on its way
// there in a thread of its own while the next transactions run.
import { closeSync, fdatasync, openSync } from 'node:fs'

export class SqliteLog {
  readonly #path: string
  #file: number | undefined

  /** `path` is the database's. */
  constructor(path: string) {
    this.#path = `${path}-wal`
  }

  /** Resolves once everything that has been committed is on disk. */
  sync(): Promise<void> {
    // SQLite keeps one file as long as a connection is open, and it locks others than this one.
    this.#file ??= openSync(this.#path, 'r+')
    const file = this.#file
    return new Promise((resolve, reject) => {
      fdatasync(file, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }
}
