// What a server answered to a client, for one that is to be answered by nobody. Everything here is ASCII.
import { setTimeout as sleep } from 'node:timers/promises'

export type Recording = {
  /** Frames by what was asked, with `ID` where the request's stood. */
  answers: Record<string, string>
  /** What the client was told of each object that it subscribed to. */
  established: Record<string, object>
}

export type Header = {
  id: string
  method: string
  http_request?: { method: string; path: string; params: object }
}

export const ID = '<id>'
const MAGIC_LENGTH = 'TWILSOCK V3.0 '.length
/** Clients ask on after the last channel has been announced. */
const QUIET_MS = 1_000
const BREAK = '\r\n'

/** The header of a frame, and what follows it (realtime-protocol.md §2). */
export function splitFrame(bytes: ArrayBuffer | ArrayBufferView): { header: Header; payload: string } {
  const text = textOf(bytes)
  const first = text.indexOf(BREAK)
  const start = first + BREAK.length
  const end = start + Number(text.slice(MAGIC_LENGTH, first))
  return { header: JSON.parse(text.slice(start, end)) as Header, payload: text.slice(end + BREAK.length) }
}

/** What a request asks for, whichever id it has. */
export function questionOf({ method, http_request: request }: Header): string {
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
      const { header } = splitFrame(data)
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
  const { header, payload } = splitFrame(data)
  const question = open.get(header.id)
  if (question !== undefined) recording.answers[question] = textOf(data).replace(header.id, ID)
  else if (payload.startsWith('{"event_type":"subscription_established"')) {
    const { events } = JSON.parse(payload) as { events: { object_sid: string }[] }
    for (const event of events) recording.established[event.object_sid] = event
  }
  open.delete(header.id)
}

function textOf(bytes: ArrayBuffer | ArrayBufferView): string {
  return Buffer.from(bytes as ArrayBuffer).toString('latin1')
}
