// A thread that writes what is ready to be written, so that neither SQLite nor the disk keeps others from their turn.
import { Worker } from 'node:worker_threads'
import type { Sql, Value } from './sql.ts'

export type Opening = { path: string; timeout: number; shm: number }
/**
 * `texts` are new; a step is the number of a text, counted over all batches, and its values. The first batch after a pause
 * tells how often the database has been changed.
 */
export type Batch = { texts: string[]; steps: Step[]; changeCount: number | null }
type Step = [number: number, values: readonly Value[]]
/** To the oldest `count` questions: batches that came meanwhile share a transaction. */
export type Reply = { count: number; hasChanged: boolean; isOutdated?: true; error?: Failure }
type Failure = { message: string; errcode: number | undefined; isLost: boolean }

/** Asked for instead of a batch, while none is on its way. */
export const TIDY = 'tidy'

export class SqliteThread {
  readonly #open: () => Opening
  readonly #onChange: () => void
  /** Started when there is something to write. */
  #worker: Worker | undefined
  /** By the pieces of a text, which are one array for each call site. */
  readonly #numbers = new Map<readonly string[], number>()
  /** The oldest first. */
  #asked: PromiseWithResolvers<Reply>[] = []
  #failure: Error | undefined

  /** `onChange` is called once for each transaction that has changed something, before whoever waits for it goes on. */
  constructor(open: () => Opening, onChange: () => void) {
    this.#open = open
    this.#onChange = onChange
  }

  /**
   * Resolves once the statements are on disk, after those of the calls before. `changeCount` is null while others are on their
   * way; when one of those fails, this one is outdated. Rejects when the thread has ended.
   */
  write(statements: readonly Sql[], changeCount: number | null): Promise<Reply> {
    const texts: string[] = []
    const steps = statements.map(({ strings, values }): Step => {
      let number = this.#numbers.get(strings)
      if (number === undefined) {
        number = this.#numbers.size
        this.#numbers.set(strings, number)
        texts.push(strings.join('?'))
      }
      return [number, values as readonly Value[]]
    })
    const batch: Batch = { texts, steps, changeCount }
    // One text is copied at once: 24 messages take 20 us instead of 40.
    return this.#ask(JSON.stringify(batch))
  }

  /** Brings the log into the database. Nothing else may be on its way. */
  async tidy(): Promise<void> {
    await this.#ask(TIDY)
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const name = import.meta.url.endsWith('.ts') ? './sqlite-thread-worker.ts' : './sqlite-thread-worker.js'
    const worker = new Worker(new URL(name, import.meta.url), { workerData: this.#open() })
    worker.on('message', (reply: Reply) => this.#hear(reply))
    worker.on('error', (error: Error) => this.#end(error))
    worker.on('exit', () => this.#end(new Error('The thread that writes has ended')))
    return worker
  }

  #ask(message: string): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure)
    this.#worker ??= this.#start()
    // The process must not end before the answer, and need not stay for the thread otherwise.
    this.#worker.ref()
    const asked = Promise.withResolvers<Reply>()
    this.#asked.push(asked)
    this.#worker.postMessage(message)
    return asked.promise
  }

  #hear(reply: Reply): void {
    if (reply.hasChanged) this.#onChange()
    for (const { resolve } of this.#asked.splice(0, reply.count)) resolve(reply)
    if (this.#asked.length === 0) this.#worker?.unref()
  }

  #end(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#asked.splice(0)) reject(this.#failure)
  }
}
