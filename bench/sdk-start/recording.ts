// What a server answered to a client, for one that is to be answered by nobody. Everything here is ASCII.
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeFrame, type Header } from '../../test/support/twilsock-frames.ts'

export type Recording = {
  /** Frames by what was asked, with `ID` where the request's stood. */
  answers: Record<string, string>
  /** What the client was told of each object that it subscribed to. */
  established: Record<string, object>
}

type Notification = { event_type?: string; events?: { object_sid: string }[] }
type HttpRequest = { method: string; path: string; params: object }

export const ID = '<id>'
/** Clients ask on after the last channel has been announced. */
const QUIET_MS = 1_000

/** What a request asks for, whichever id it has. */
export function questionOf({ method, http_request }: Header): string {
  const request = http_request as HttpRequest | undefined
  return request ? `${request.method} ${request.path} ${JSON.stringify(request.params)}` : method
}

/** From here on every `WebSocket` of this process records what it hears. `quiet` resolves when nothing has been asked for a while. */
export function recordSockets(): { recording: Recording; quiet(): Promise<void> } {
  const recording: Recording = { answers: {}, established: {} }
  const open = new Map<string, string>()
  let lastAsked = 0
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(url)
      this.addEventListener('message', ({ data }) => hear(recording, open, data as ArrayBuffer))
    }

    override send(data: ArrayBuffer): void {
      const { header } = decodeFrame(Buffer.from(data))
      if (header.method !== 'reply') {
        open.set(header.id, questionOf(header))
        lastAsked = performance.now()
      }
      super.send(data)
    }
  }
  return {
    recording,
    async quiet() {
      while (open.size > 0 || performance.now() - lastAsked < QUIET_MS) await sleep(QUIET_MS / 10)
    },
  }
}

function hear(recording: Recording, open: Map<string, string>, data: ArrayBuffer): void {
  const bytes = Buffer.from(data)
  const { header, payload } = decodeFrame(bytes)
  const question = open.get(header.id)
  if (question !== undefined) recording.answers[question] = bytes.toString('latin1').replace(header.id, ID)
  const { event_type, events = [] } = (payload ?? {}) as Notification
  if (event_type === 'subscription_established') {
    for (const event of events) recording.established[event.object_sid] = event
  }
  open.delete(header.id)
}
