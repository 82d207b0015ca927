// All that one user sees, kept by hand: every object is read once and from then on changed only by events, over any number
// of connections. What a client may rely on is checked with each event.
import { setTimeout as pause } from 'node:timers/promises'
import { configurationOf, namesOf } from './realtime.ts'
import {
  establish,
  type ObjectType,
  OpenError,
  openObject,
  readItems,
  type SyncEvent,
  syncEventsOf,
} from './sync-events.ts'
import { SyncedObject } from './synced-object.ts'
import { openTwilsock, type Twilsock } from './twilsock.ts'
import type { Frame } from './twilsock-frames.ts'
import { until } from './until.ts'

const RECONNECT_MS = 40
const BATCH = 100

export type SyncViewOptions = {
  url: string
  token: () => string
  protocol?: 3 | 4
}

export class SyncView implements AsyncDisposable {
  /** By name. */
  readonly objects = new Map<string, SyncedObject>()
  /** What no server may do. */
  readonly violations: string[] = []
  /** Sockets whose init was taken. */
  connections = 0
  private readonly options: SyncViewOptions
  private client: Twilsock | undefined
  /** SIDs that are no longer watched: of some, events may come until the server has heard of it. */
  private readonly dropped = new Map<string, 'revoked' | 'canceled'>()
  private roots: [ObjectType, string][] = []
  private isStopped = false
  private isDirty = true
  private running: Promise<void> = Promise.resolve()

  constructor(options: SyncViewOptions) {
    this.options = options
    this.running = this.run()
  }

  /** Resolves once everything that is to be seen is read and live. */
  async settled(ms?: number): Promise<void> {
    await until('the view to be live', () => this.isSettled(), { ms, seen: () => this.gaps() })
  }

  isSettled(): boolean {
    const isConnected = this.client !== undefined && !this.client.isClosed() && this.roots.length > 0
    return isConnected && !this.isDirty && this.gaps().length === 0
  }

  /** All of it as plain data. Lists of who is what by SID, so that views of different clients compare. */
  snapshot(): Record<string, unknown> {
    const wanted = new Map(this.wanted().map(([, name]) => [name, true]))
    const names = [...this.objects.keys()].filter((name) => wanted.has(name)).sort()
    return Object.fromEntries(names.map((name) => [name, this.objects.get(name)?.snapshot()]))
  }

  /** Message indexes in the order in which events have added them. */
  added(channelSid: string): readonly number[] {
    return this.objects.get(namesOf(channelSid).list)?.added ?? []
  }

  /** Breaks the connection; the view comes back by itself. */
  cut(): void {
    this.client?.socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isStopped = true
    this.client?.socket.terminate()
    await this.running
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      await this.liveOnce().catch((error) => {
        // Whatever fails because the socket has gone is tried again on the next one.
        if (this.client?.isClosed() === false) this.violations.push(String(error))
      })
      this.client?.socket.terminate()
      if (!this.isStopped) await pause(RECONNECT_MS)
    }
  }

  private async liveOnce(): Promise<void> {
    this.client = undefined
    const client = await openTwilsock(this.options.url)
    if (this.isStopped) return client.socket.terminate()
    this.client = client
    client.events.on('frame', (frame: Frame) => {
      for (const event of syncEventsOf(frame)) this.happened(event)
    })
    const { header } = await client.init(this.options.token())
    const { code } = header.status as { code: number }
    if (code !== 200) throw new Error(`init was answered ${code}`)
    this.connections++
    const { myChannels, myInfo } = await configurationOf(client)
    this.roots = [
      ['map', myChannels],
      ['map', myInfo],
    ]
    for (const object of this.objects.values()) object.startOver()
    this.dropped.clear()
    this.isDirty = true
    await this.resubscribe(client, [...this.objects.values()])
    while (!client.isClosed() && !this.isStopped) {
      if (this.isDirty) await this.reconcile(client)
      await pause(5)
    }
  }

  /** Opens what is new and drops what is no longer to be seen. */
  private async reconcile(client: Twilsock): Promise<void> {
    this.isDirty = false
    const wanted = this.wanted()
    const names = new Set(wanted.map(([, name]) => name))
    this.cancel(
      client,
      [...this.objects.keys()].filter((name) => !names.has(name)),
    )
    const opened: SyncedObject[] = []
    for (const [type, name] of wanted) {
      if (this.objects.has(name)) continue
      const object = await this.open(client, type, name)
      if (object) {
        this.objects.set(name, object)
        this.dropped.delete(object.sid)
        object.startOver()
        opened.push(object)
      }
      this.isDirty = true
    }
    await this.resubscribe(client, opened)
  }

  private async open(client: Twilsock, type: ObjectType, name: string): Promise<SyncedObject | undefined> {
    try {
      const descriptor = await openObject(client, type, name)
      const items = type === 'document' ? [] : await readItems(client, descriptor)
      return new SyncedObject(type, name, descriptor, items)
    } catch (error) {
      // Gone before it was opened: the event that says so is on its way.
      if (error instanceof OpenError) return undefined
      throw error
    }
  }

  private async resubscribe(client: Twilsock, objects: SyncedObject[]): Promise<void> {
    for (let i = 0; i < objects.length; i += BATCH) {
      const requests = objects.slice(i, i + BATCH).map(({ sid, type, position }) => ({
        object_sid: sid,
        object_type: type,
        last_event_id: position,
      }))
      await establish(client, requests, { protocol: this.options.protocol })
    }
  }

  /** Stops watching what is no longer wanted. */
  private cancel(client: Twilsock, names: string[]): void {
    const objects = names.flatMap((name) => this.objects.get(name) ?? [])
    for (const { name, sid } of objects) {
      this.objects.delete(name)
      this.dropped.set(sid, 'canceled')
    }
    if (objects.length === 0) return
    const requests = objects.map(({ sid, type }) => ({ object_sid: sid, object_type: type }))
    void establish(client, requests, { action: 'cancel' }).catch(() => {})
  }

  private happened(event: SyncEvent): void {
    if (event.type === 'subscription_canceled') return
    const isGone = event.type === 'subscription_failed' || /^(document|map|list)_removed$/.test(event.type)
    const object = [...this.objects.values()].find(({ sid }) => sid === event.object)
    if (!object) {
      const may =
        isGone || event.type === 'subscription_established' || this.dropped.get(event.object) === 'canceled'
      if (!may) this.violations.push(`${event.type} ${event.id} of ${event.object}, which is not watched`)
      return
    }
    if (isGone) {
      this.objects.delete(object.name)
      this.isDirty = true
      return
    }
    const problem = object.apply(event)
    if (problem) this.violations.push(problem)
    if (event.type === 'subscription_established' && !object.isEstablished && this.client) {
      void this.resubscribe(this.client, [object]).catch(() => {})
    }
    if (object.type === 'map') this.noticeChannels(event)
  }

  /** Of a channel that has left the user's channels, list and roster must be silent from this moment on. */
  private noticeChannels({ type, event }: SyncEvent): void {
    this.isDirty = true
    if (type !== 'map_item_removed' || !/^CH/.test(event.item_key)) return
    const { document, list, roster } = namesOf(event.item_key)
    for (const name of [list, roster]) {
      const object = this.objects.get(name)
      if (object) this.dropped.set(object.sid, 'revoked')
      this.objects.delete(name)
    }
    if (this.client) this.cancel(this.client, [document])
  }

  /** Types and names of all that the user should have open now. */
  private wanted(): [ObjectType, string][] {
    const [channelsRoot] = this.roots
    const channels = channelsRoot && this.objects.get(channelsRoot[1])
    const found = new Map<string, ObjectType>(this.roots.map(([type, name]) => [name, type]))
    for (const [sid, { data }] of channels?.items ?? []) {
      const { document, list, roster } = namesOf(sid)
      found.set(document, 'document')
      if ((data as { status: string }).status !== 'joined') continue
      found.set(list, 'list')
      found.set(roster, 'map')
      for (const { data: member } of this.objects.get(roster)?.items.values() ?? []) {
        const { userInfo } = member as { userInfo?: string }
        if (userInfo) found.set(userInfo, 'map')
      }
    }
    return [...found].map(([name, type]) => [type, name])
  }

  private gaps(): string[] {
    return this.wanted()
      .map(([, name]) => name)
      .filter((name) => !this.objects.get(name)?.isEstablished)
  }
}
