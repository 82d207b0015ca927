// One connection to PostgreSQL that hears what all processes say, and says what this one does. It comes back by itself;
// what is said meanwhile is lost, and so is what others say.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const CHANNEL = 'parley_bus'
const TIMEOUT_MS = 10_000
const AGAIN_MS = 1_000
/** Each statement wakes all processes and PostgreSQL itself: under load so much is said with one. */
const GATHERING_MS = 10
/** Of texts that wait; more than PostgreSQL takes are lost, which the others notice. */
const MAX_WAITING = 20_000

export type LinkOptions = {
  /** Called for every text, also of this process, in the order in which PostgreSQL has taken them. */
  onText(text: string): void
  /** Texts are heard, and said, from now on. */
  onUp(): void
  /** The connection is lost, or does not come about. */
  onTrouble(error: Error): void
}

export class PostgresLink {
  readonly #url: string
  readonly #options: LinkOptions
  #client: pg.Client | undefined
  /** What goes with the next statement: one is on its way at a time. */
  #waiting: string[] = []
  #saying: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(url: string, options: LinkOptions) {
    this.#url = url
    this.#options = options
  }

  /** Resolves once texts are heard; rejects when PostgreSQL lets it not connect. Later it comes back by itself. */
  async open(): Promise<void> {
    await this.#connect()
  }

  /** Each less than 8,000 bytes; equal ones may arrive once. */
  say(texts: readonly string[]): void {
    if (!this.#client) return
    if (this.#waiting.length > MAX_WAITING) this.#waiting = []
    this.#waiting.push(...texts)
    this.#saying ??= this.#sayAll()
  }

  /** Says what waits, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#saying
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: 'parley bus',
    })
    client.on('notification', ({ payload = '' }) => this.#options.onText(payload))
    client.on('error', () => {})
    client.on('end', () => this.#onEnd(client))
    try {
      await client.connect()
      // What is said is kept nowhere: nobody has to wait for a disk.
      await client.query('set synchronous_commit = off')
      await client.query(`listen ${CHANNEL}`)
      if (this.#isClosed) throw new Error('The bus is closed')
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    this.#client = client
    this.#options.onUp()
  }

  /** At once, and then what has gathered, for as long as there is something. */
  async #sayAll(): Promise<void> {
    while (this.#client && this.#waiting.length > 0) {
      const client = this.#client
      const texts = this.#waiting
      this.#waiting = []
      const statement = `select pg_notify('${CHANNEL}', said) from unnest($1::text[]) as said`
      // Half of it may have been said; the others find that out by the numbers.
      await client.query(statement, [texts]).catch(() => client.end().catch(() => {}))
      if (!this.#isClosed) await pause(GATHERING_MS)
    }
    this.#saying = undefined
  }

  #onEnd(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#waiting = []
    if (this.#isClosed) return
    this.#options.onTrouble(new Error('The connection to the other processes is lost'))
    this.#comeBack()
  }

  #comeBack(): void {
    if (this.#isClosed) return
    const again = (error: Error): void => {
      this.#options.onTrouble(error)
      this.#comeBack()
    }
    this.#timer = setTimeout(() => this.#connect().catch(again), AGAIN_MS)
    this.#timer.unref()
  }
}
