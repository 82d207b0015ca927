// A wire to the server on which it can be seen when a client's subscriptions are live. The SDKs do not tell: after
// `channelJoined` they open list and roster, and subscribe a moment later (§12.2).
import type { SyncEvent } from './sync-events.ts'
import { syncEventsOf } from './sync-events.ts'
import { startTcpProxy, type Tap, type TcpProxy } from './tcp-proxy.ts'
import { decodeFrame, type Frame } from './twilsock-frames.ts'
import { until } from './until.ts'
import { readWebSocket } from './websocket-tap.ts'

export type WatchedWire = TcpProxy & {
  /** Resolves once all that the client opened is subscribed, and nothing is unanswered in either direction. */
  settled(): Promise<void>
  /** Frames so far, as `↑` and `↓` with what they are: for the report of a failure. */
  trace(): string[]
  /** Every event of Sync that came down, on all connections. */
  events: readonly SyncEvent[]
}

const TRACED = 60
const CALM_LOOKS = 3
/** A client with many channels on a busy machine needs its time. */
const SETTLED_MS = 60_000

export async function startWatchedWire(port: number): Promise<WatchedWire> {
  const ledger = new Ledger()
  const proxy = await startTcpProxy(port, () => ledger.newConnection())
  return {
    ...proxy,
    events: ledger.events,
    trace: () => ledger.trace.slice(-TRACED),
    async settled() {
      let calm = 0
      await until(
        'the client to be calm',
        () => {
          calm = proxy.open() > 0 && ledger.isSettled() ? calm + 1 : 0
          return calm >= CALM_LOOKS
        },
        { ms: SETTLED_MS, seen: () => ledger.open() },
      )
    },
  }
}

/** What is owed on the connection, and which objects the client has opened and not given up. */
class Ledger {
  readonly trace: string[] = []
  readonly events: SyncEvent[] = []
  /** Objects that the client must subscribe: their names by SID. */
  private opened = new Map<string, string>()
  /** Channels that have left the user's channels: the client gives up what it has opened of them. */
  private left = new Set<string>()
  private asked = new Map<string, number>()
  private established = new Set<string>()
  private requests = new Map<string, string>()
  private unacknowledged = new Set<string>()
  private isReady = false

  newConnection(): Tap {
    this.asked.clear()
    this.established.clear()
    this.requests.clear()
    this.unacknowledged.clear()
    this.isReady = false
    const up = readWebSocket((message) => this.fromClient(decodeFrame(message)))
    const down = readWebSocket((message) => this.fromServer(decodeFrame(message)))
    return (direction, chunk) => (direction === 'up' ? up(chunk) : down(chunk))
  }

  isSettled(): boolean {
    return (
      this.isReady &&
      this.requests.size === 0 &&
      this.unacknowledged.size === 0 &&
      this.missing().length === 0
    )
  }

  open(): object {
    return { ready: this.isReady, requests: [...this.requests.values()], missing: this.missing() }
  }

  private missing(): string[] {
    return [...this.opened.keys()].filter((sid) => !this.established.has(sid))
  }

  private fromClient({ header, payload }: Frame): void {
    const { method, id } = header
    if (method === 'reply') {
      this.unacknowledged.delete(id)
      return
    }
    const { path = '', method: verb = method } = (header.http_request ?? {}) as Record<string, string>
    if (method === 'close' || method === 'telemetry.v1') return
    const request = `${verb} ${path}`.trim()
    this.requests.set(id, request)
    this.note(`↑ ${request} ${short(payload)}`)
    if (path.startsWith('/v4/Subscriptions')) this.subscribes(payload as Subscriptions)
  }

  private subscribes({ action, correlation_id, requests }: Subscriptions): void {
    for (const { object_sid } of requests) {
      if (action === 'cancel') this.forget(object_sid)
      else {
        this.opened.set(object_sid, this.opened.get(object_sid) ?? '')
        this.asked.set(object_sid, correlation_id)
        this.established.delete(object_sid)
      }
    }
  }

  private fromServer(frame: Frame): void {
    const { header, payload } = frame
    if (header.method === 'reply') this.answered(frame)
    else {
      this.unacknowledged.add(header.id)
      this.note(`↓ ${header.method} ${header.message_type ?? ''} ${short(payload)}`)
    }
    for (const event of syncEventsOf(frame)) this.happened(event)
  }

  private answered({ header, payload }: Frame): void {
    const request = this.requests.get(header.id) ?? ''
    this.requests.delete(header.id)
    const { code } = (header.http_status ?? header.status) as { code: number }
    this.note(`↓ ${code} ${request} ${short(payload)}`)
    if (request === 'init') this.isReady = true
    if (code === 200 && /^GET \/v3\/(Documents|Maps|Lists)\/[^/]+$/.test(request)) {
      const { sid, unique_name } = payload as { sid: string; unique_name: string }
      if (!this.left.has(channelOf(unique_name))) this.opened.set(sid, unique_name)
    }
  }

  private happened(event: SyncEvent): void {
    this.events.push(event)
    const { type, object, correlationId } = event
    const key = String(event.event.item_key ?? '')
    if (type.startsWith('map_item_') && key.startsWith('CH'))
      this.channelMoved(key, type === 'map_item_removed')
    if (type === 'subscription_established' && this.asked.get(object) === correlationId)
      this.established.add(object)
    if (
      /^(subscription_failed|subscription_canceled|document_removed|map_removed|list_removed)$/.test(type)
    ) {
      this.forget(object)
    }
  }

  private channelMoved(channel: string, isGone: boolean): void {
    if (!isGone) this.left.delete(channel)
    else {
      this.left.add(channel)
      for (const [sid, name] of this.opened) if (channelOf(name) === channel) this.forget(sid)
    }
  }

  private forget(sid: string): void {
    this.opened.delete(sid)
    this.asked.delete(sid)
    this.established.delete(sid)
  }

  private note(line: string): void {
    this.trace.push(line)
  }
}

function channelOf(name: string): string {
  return name.split('.')[0] ?? ''
}

type Subscriptions = { action: string; correlation_id: number; requests: { object_sid: string }[] }

function short(payload: unknown): string {
  return payload === undefined ? '' : JSON.stringify(payload).slice(0, 400)
}
