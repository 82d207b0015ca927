// The bus of several processes on one PostgreSQL (decision 20): inside the process a message arrives at once, at the others
// through the database. Nothing is sent while no other process is there.
import { randomUUID } from 'node:crypto'
import type { Attendant, Bus } from './bus.ts'
import { type Letter, readEnvelope, toEnvelopes } from './envelope.ts'
import { createMemoryBus } from './memory.ts'
import { Peers } from './peers.ts'
import { PostgresLink } from './postgres-link.ts'

/** Words between the processes: no topics. */
const ALIVE = '!alive'
const GOODBYE = '!goodbye'
/** So late, at most, others find out what they have missed. */
const ALIVE_EVERY_MS = 2_000
const GONE_AFTER_MS = 10_000
/** A process that starts waits so long for the others to know of it. */
const GREETING_MS = 250
/** And takes it for so long that there are others. */
const UNSURE_MS = 5_000
const NOTHING = Buffer.alloc(0)

/** `url` is the database's. */
export function createPostgresBus(url: string): Bus {
  return new PostgresBus(url)
}

class PostgresBus implements Bus {
  readonly #own = createMemoryBus()
  readonly #id = randomUUID()
  readonly #peers = new Peers()
  readonly #attendants: Attendant[] = []
  readonly #link: PostgresLink
  readonly #firstUp = Promise.withResolvers<void>()
  #wasUp = false
  #unsureUntil = 0
  #number = 0
  #timer: NodeJS.Timeout | undefined

  constructor(url: string) {
    this.#link = new PostgresLink(
      url,
      (text) => this.#hear(text),
      () => this.#onUp(),
    )
  }

  publish(topic: string, encode: () => Buffer): void {
    if (!this.isShared) {
      this.#own.publish(topic, encode)
      return
    }
    const message = encode()
    this.#own.publish(topic, () => message)
    this.#say({ topic, message })
  }

  subscribe(topic: string, onMessage: (message: Buffer) => void): () => void {
    return this.#own.subscribe(topic, onMessage)
  }

  get isShared(): boolean {
    return this.#peers.count > 0 || Date.now() < this.#unsureUntil
  }

  attend(attendant: Attendant): void {
    this.#attendants.push(attendant)
  }

  async start(): Promise<void> {
    this.#link.open()
    await this.#firstUp.promise
    await new Promise((resolve) => setTimeout(resolve, GREETING_MS))
    this.#timer = setInterval(() => this.#beat(), ALIVE_EVERY_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#say({ topic: GOODBYE, message: NOTHING })
    await this.#link.close()
  }

  /** After a pause both sides may have missed something, and nobody is known any more. */
  #onUp(): void {
    this.#unsureUntil = Date.now() + UNSURE_MS
    this.#number++
    this.#say({ topic: ALIVE, message: NOTHING })
    this.#firstUp.resolve()
    if (this.#wasUp) {
      this.#peers.clear()
      this.#tellMissed()
      this.#tellGone()
    }
    this.#wasUp = true
  }

  /** What the link loses counts as well: so others notice. */
  #say(letter: Letter): void {
    const texts = toEnvelopes(this.#id, this.#number + 1, letter)
    this.#number += texts.length
    this.#link.say(texts)
  }

  #beat(): void {
    this.#say({ topic: ALIVE, message: NOTHING })
    if (this.#peers.forgetSilent(Date.now() - GONE_AFTER_MS)) this.#tellGone()
  }

  #hear(text: string): void {
    const envelope = readEnvelope(text)
    if (!envelope || envelope.sender === this.#id) return
    const { isNew, hasMissed, letter } = this.#peers.hear(envelope, Date.now())
    // Who comes later must know of us, too.
    if (isNew) this.#say({ topic: ALIVE, message: NOTHING })
    if (hasMissed) this.#tellMissed()
    if (letter?.topic === GOODBYE) {
      this.#peers.forget(envelope.sender)
      this.#tellGone()
    } else if (letter && letter.topic !== ALIVE) {
      this.#own.publish(letter.topic, () => letter.message)
    }
  }

  #tellMissed(): void {
    for (const attendant of this.#attendants) attendant.onMissed()
  }

  #tellGone(): void {
    for (const attendant of this.#attendants) attendant.onPeerGone()
  }
}
