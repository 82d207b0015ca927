// What every fake provider has: what came, what it answers, and waiting for so many.
import { expect, vi } from 'vitest'

export type Answer = { status: number; headers?: Record<string, string>; body?: string }
/** Gets what came and the how-manieth it is, from 1; null leaves it without an answer. */
export type Responder<Received> = (received: Received, count: number) => Answer | null

export class Inbox<Received> {
  readonly received: Received[] = []
  #respond: Responder<Received>

  constructor(respond: Responder<Received>) {
    this.#respond = respond
  }

  /** Changes the answers from now on. */
  answer(respond: Responder<Received>): void {
    this.#respond = respond
  }

  take(received: Received): Answer | null {
    this.received.push(received)
    return this.#respond(received, this.received.length)
  }

  /** Everything, once so many have come. */
  async waitFor(count: number): Promise<Received[]> {
    await vi.waitUntil(() => this.received.length >= count, { timeout: 25_000, interval: 10 })
    return this.received
  }

  /** Nothing more comes than what has come. */
  async expectNoMore(count: number, ms = 400): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms))
    expect(this.received).toHaveLength(count)
  }
}
