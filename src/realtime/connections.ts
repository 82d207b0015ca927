// All sockets of this process.
import type { Duplex } from 'node:stream'
import { comeBack } from './closings.ts'
import { Connection } from './connection.ts'
import type { RealtimeContext } from './context.ts'

const HEARTBEAT_MS = 25_000
/** Clients that are asked to come back do so within this, each at a moment of its own. */
const RECONNECT_SPREAD_MS = 5_000

export class Connections {
  readonly #all = new Set<Connection>()
  /** Those without a sign-in, done or under way; the one that has been silent longest is the first. */
  readonly #silent = new Set<Connection>()
  readonly #mostSilent: number
  readonly #heartbeat = setInterval(() => this.#checkAlive(), HEARTBEAT_MS).unref()

  /** Of more silent ones the first has to come back: clients sign in at once, and are not among them for long. */
  constructor(mostSilent: number) {
    this.#mostSilent = mostSilent
  }

  get size(): number {
    return this.#all.size
  }

  /** Serves a socket after its handshake. */
  open(context: RealtimeContext, socket: Duplex): Connection {
    const connection = new Connection(context, socket, {
      onSignIn: () => this.#silent.delete(connection),
      onRefusal: () => this.#addSilent(connection),
      onEnd: () => {
        this.#all.delete(connection)
        this.#silent.delete(connection)
      },
    })
    this.#all.add(connection)
    this.#addSilent(connection)
    return connection
  }

  /** Asks every client to come back, within `spreadMs` or less; resolves when all are told. */
  async recall(reason: string, spreadMs = RECONNECT_SPREAD_MS): Promise<void> {
    const spread = Math.min(spreadMs, RECONNECT_SPREAD_MS)
    const after = (): number => Math.round(Math.random() * spread)
    await Promise.all([...this.#all].map((connection) => connection.drain(reason, after())))
  }

  stop(): void {
    clearInterval(this.#heartbeat)
  }

  #addSilent(connection: Connection): void {
    this.#silent.add(connection)
    if (this.#silent.size <= this.#mostSilent) return
    const [first] = this.#silent
    first?.end(comeBack('Too many sockets without a sign-in'))
  }

  #checkAlive(): void {
    for (const connection of this.#all) connection.checkAlive()
  }
}
