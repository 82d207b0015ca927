// The write-ahead log of a database file. SQLite writes it and we bring it to disk: that way a commit is on its way
// there in a thread of its own while the next transactions run.
import { type FileHandle, open } from 'node:fs/promises'

export class SqliteLog {
  readonly #path: string
  #file: Promise<FileHandle> | undefined

  /** `path` is the database's. */
  constructor(path: string) {
    this.#path = `${path}-wal`
  }

  /** Resolves once everything that has been committed is on disk. */
  async sync(): Promise<void> {
    // SQLite keeps one file as long as a connection is open, and locks others than this one.
    this.#file ??= open(this.#path, 'r+')
    await (await this.#file).datasync()
  }

  async close(): Promise<void> {
    await (await this.#file)?.close()
  }
}
