// A server that costs next to nothing: in the client's own process, every answer ready.
import { decodeFrame, encodeFrame, type Header } from '../../test/support/twilsock-frames.ts'
import { ID, questionOf, type Recording } from './recording.ts'

const { CONNECTING, OPEN, CLOSED } = WebSocket

type Answer = [before: Buffer, after: Buffer]
type Heard = { data: ArrayBuffer }
type Subscribing = { action: string; correlation_id: number; requests: { object_sid: string }[] }

/** From here on every `WebSocket` of this process is answered from the recording. */
export function replaySockets({ answers, established }: Recording): void {
  const ready = new Map<string, Answer>()
  for (const [question, frame] of Object.entries(answers)) {
    const [before = '', after = ''] = frame.split(ID)
    ready.set(question, [Buffer.from(before), Buffer.from(after)])
  }
  globalThis.WebSocket = class extends ReplayedSocket {
    constructor() {
      super(ready, established)
    }
  } as never
}

/** As much of a WebSocket as the SDKs use. */
class ReplayedSocket {
  readonly #answers: ReadonlyMap<string, Answer>
  readonly #established: Recording['established']
  #waiting: ArrayBuffer[] = []
  readyState: number = CONNECTING
  binaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onmessage: ((event: Heard) => void) | null = null

  constructor(answers: ReadonlyMap<string, Answer>, established: Recording['established']) {
    this.#answers = answers
    this.#established = established
    setImmediate(() => {
      this.readyState = OPEN
      this.onopen?.()
    })
  }

  send(data: ArrayBuffer): void {
    const { header, payload } = decodeFrame(Buffer.from(data))
    if (header.method === 'reply') return
    this.#tell(this.#answerTo(header))
    const subscribing = payload as Subscribing | undefined
    if (subscribing?.action === 'establish') this.#tell(this.#establish(subscribing))
  }

  close(): void {
    this.readyState = CLOSED
  }

  /** What one turn of the event loop asks for is answered in the next. */
  #tell(frame: Buffer): void {
    if (this.#waiting.length === 0) {
      setImmediate(() => {
        const frames = this.#waiting
        this.#waiting = []
        for (const data of frames) this.onmessage?.({ data })
      })
    }
    const data = new ArrayBuffer(frame.length)
    frame.copy(new Uint8Array(data))
    this.#waiting.push(data)
  }

  #answerTo(header: Header): Buffer {
    const answer = this.#answers.get(questionOf(header))
    if (!answer) throw new Error(`Nobody recorded what is answered to ${questionOf(header)}`)
    return Buffer.concat([answer[0], Buffer.from(header.id), answer[1]])
  }

  #establish({ correlation_id, requests }: Subscribing): Buffer {
    const events = requests.flatMap(({ object_sid }) => this.#established[object_sid] ?? [])
    const type = 'subscription_established'
    const payload = { event_type: type, correlation_id, event_protocol_version: 3, events }
    const header = { method: 'notification', id: `TM${'0'.repeat(32)}`, message_type: 'twilio.sync.event' }
    const rest = { notification_ctx_id: '', payload_type: 'application/json' }
    return encodeFrame({ ...header, ...rest }, payload)
  }
}
