// The bus of several processes on one PostgreSQL (decision 20): inside the process a message arrives at once, at the others
// through the database. Nothing is sent while no other process is there.
import { randomUUID } from 'node:crypto'
import type { Attendant, Bus } from './bus.ts'
import { type Envelope, type Letter, readEnvelope, toEnvelopes } from './envelope.ts'
import { createMemoryBus } from './memory.ts'
import { Peers } from './peers.ts'
import { PostgresLink } from './postgres-link.ts'

/** Words between the processes: no topics. */
const HELLO = '!hello'
const ALIVE = '!alive'
const GOODBYE = '!goodbye'
/** So late, at most, others find out what they have missed. */
const ALIVE_EVERY_MS = 2_000
const SILENT_AFTER_MS = 10_000
/** A process that starts waits so long for the others to know of it. */
const GREETING_MS = 250
/** And takes it for so long that there are others. */
const UNSURE_MS = 5_000
const NOTHING = Buffer.alloc(0)

/** `url` is the database's; `onTrouble` is told what keeps processes from hearing each other, `onMended` that they do again. */
export type PostgresBusOptions = { url: string; onTrouble(error: Error): void; onMended(): void }

export function createPostgresBus(options: PostgresBusOptions): Bus {
  return new PostgresBus(options)
}

class PostgresBus implements Bus {
  readonly #own = createMemoryBus()
  readonly #id = randomUUID()
  readonly #peers = new Peers()
  readonly #attendants: Attendant[] = []
  readonly #options: PostgresBusOptions
  readonly #link: PostgresLink
  #hasStarted = false
  #hasTrouble = false
  #unsureUntil = 0
  #ownHeardAt = 0
  /** Of the last text, said or not. */
  #number = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: PostgresBusOptions) {
    this.#options = options
    this.#link = new PostgresLink(options.url, {
      onText: (text) => this.#take(text),
      onUp: () => this.#onUp(),
      onTrouble: (error) => this.#onTrouble(error),
    })
  }

  publish(topic: string, encode: () => Buffer): void {
    if (!this.isShared) {
      // Who is there without our knowing finds a number missing.
      this.#number++
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
    this.#ownHeardAt = Date.now()
    await this.#link.open()
    await new Promise((resolve) => setTimeout(resolve, GREETING_MS))
    this.#hasStarted = true
    this.#timer = setInterval(() => this.#beat(), ALIVE_EVERY_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#say({ topic: GOODBYE, message: NOTHING })
    await this.#link.close()
  }

  #onUp(): void {
    this.#unsureUntil = Date.now() + UNSURE_MS
    this.#say({ topic: this.#hasStarted ? ALIVE : HELLO, message: NOTHING })
  }

  /** Told once, until own texts come back. */
  #onTrouble(error: Error): void {
    if (!this.#hasTrouble) this.#options.onTrouble(error)
    this.#hasTrouble = true
  }

  /** What the link loses counts as well: so others notice. */
  #say(letter: Letter): void {
    const texts = toEnvelopes(this.#id, this.#number + 1, letter)
    this.#number += texts.length
    this.#link.say(texts)
  }

  #beat(): void {
    const since = Date.now() - SILENT_AFTER_MS
    if (this.#ownHeardAt < since) {
      const hint = 'processes do not hear each other: a pooler before PostgreSQL must pool sessions'
      this.#onTrouble(new Error(`Nothing comes back from PostgreSQL, ${hint}`))
    }
    this.#say({ topic: ALIVE, message: NOTHING })
    if (this.#peers.findSilent(since)) this.#tellGone()
  }

  /** Whatever comes must not end the process. */
  #take(text: string): void {
    try {
      const envelope = readEnvelope(text)
      if (envelope?.sender === this.#id) this.#hearOwn()
      else if (envelope) this.#hear(envelope)
    } catch (error) {
      this.#onTrouble(error as Error)
    }
  }

  #hearOwn(): void {
    this.#ownHeardAt = Date.now()
    if (this.#hasTrouble) this.#options.onMended()
    this.#hasTrouble = false
  }

  #hear(envelope: Envelope): void {
    const { isNew, hasMissed, wasKnown, letter } = this.#peers.hear(envelope, Date.now())
    // Who comes must know of us, too.
    if (isNew) this.#say({ topic: ALIVE, message: NOTHING })
    const isStranger = !wasKnown && letter?.topic !== HELLO
    if (hasMissed || (isStranger && this.#hasStarted)) this.#tellMissed()
    if (letter?.topic === GOODBYE) {
      this.#peers.forget(envelope.sender)
      this.#tellGone()
    } else if (letter && letter.topic !== ALIVE && letter.topic !== HELLO) {
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
