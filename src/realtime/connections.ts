// All sockets of this process.
import type { Connection } from './connection.ts'

const HEARTBEAT_MS = 25_000
/** Clients that are asked to come back do so within this, each at a moment of its own. */
const RECONNECT_SPREAD_MS = 5_000

export class Connections {
  readonly #all = new Set<Connection>()
  readonly #heartbeat = setInterval(() => this.#checkAlive(), HEARTBEAT_MS).unref()

  get size(): number {
    return this.#all.size
  }

  add(connection: Connection): void {
    this.#all.add(connection)
  }

  delete(connection: Connection): void {
    this.#all.delete(connection)
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

  #checkAlive(): void {
    for (const connection of this.#all) connection.checkAlive()
  }
}
