// A log on standard output: lines leave in blocks, so that nobody waits for the terminal. A pipe that nobody reads any
// more or a full disk must not end the server: what cannot be written waits for a while, and then is lost.
import { write, writeSync } from 'node:fs'

const BLOCK_BYTES = 8_192
const FLUSH_MS = 200
/** Characters that wait at most, about. */
const MAX_WAITING = 4_194_304
/** For the last lines: writes, and pauses while the reader of a pipe is busy. */
const LAST_TRIES = 200
/** Until the reader of a pipe has read something. */
const BUSY_MS = 10
const STDOUT = 1

export class LogStream {
  #waiting = ''
  /** On its way to the system; what it does not take is tried again. */
  #block: Buffer | null = null
  #isWriting = false
  #lost = 0
  #isBroken = false
  readonly #timer = setInterval(() => this.#flush(), FLUSH_MS).unref()
  readonly #file: number

  /** `file` is open for writing. */
  constructor(file = STDOUT) {
    this.#file = file
    // What is printed beside the log.
    process.stdout.on('error', (error) => this.#complain(error))
    // Then there is nobody left to tell.
    process.stderr.on('error', () => {})
  }

  write(line: string): void {
    if (this.#waiting.length > MAX_WAITING) this.#lost++
    else this.#waiting += line
    if (this.#waiting.length >= BLOCK_BYTES && !this.#isBroken) this.#flush()
  }

  /** Writes out what waits, as far as that is possible. For the end: a block on its way gets there by itself. */
  flushSync(): void {
    if (this.#isWriting) this.#block = null
    for (let tries = 0; tries < LAST_TRIES && this.#hasMore(); tries++) {
      try {
        this.#took(writeSync(this.#file, this.#nextBlock()))
      } catch (error) {
        if (!isBusy(error)) {
          this.#complain(error)
          return
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS)
      }
    }
  }

  /** Ends the timer. */
  stop(): void {
    clearInterval(this.#timer)
    this.flushSync()
  }

  #flush(): void {
    if (this.#isWriting || !this.#hasMore()) return
    this.#isWriting = true
    write(this.#file, this.#nextBlock(), (error, bytes) => {
      this.#isWriting = false
      if (error) {
        if (isBusy(error)) setTimeout(() => this.#flush(), BUSY_MS)
        else this.#complain(error)
        return
      }
      this.#isBroken = false
      this.#took(bytes)
      if (this.#block || this.#waiting.length >= BLOCK_BYTES) this.#flush()
    })
  }

  #hasMore(): boolean {
    return this.#block !== null || this.#waiting !== ''
  }

  #nextBlock(): Buffer {
    if (this.#block) return this.#block
    const lost = this.#lost === 0 ? '' : lossLine(this.#lost)
    this.#block = Buffer.from(this.#waiting + lost)
    this.#waiting = ''
    this.#lost = 0
    return this.#block
  }

  #took(bytes: number): void {
    const rest = this.#block?.subarray(bytes)
    this.#block = rest && rest.length > 0 ? rest : null
  }

  /** Once, until it works again. */
  #complain(error: unknown): void {
    if (!this.#isBroken) process.stderr.write(`The log cannot be written: ${(error as Error).message}\n`)
    this.#isBroken = true
  }
}

/** A pipe or terminal that takes no more at the moment. */
function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EAGAIN' || code === 'EBUSY'
}

function lossLine(count: number): string {
  const msg = `${count} lines of the log are lost, as they could not be written in time`
  return `${JSON.stringify({ level: 40, time: Date.now(), msg })}\n`
}
