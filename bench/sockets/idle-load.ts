// Many sockets that do nothing but be there, a process of its own: opens them, signs in and subscribes, and then tells
// how many are open. With `storm`, cuts all at once, lets them resume, and counts what each has seen.
import { setTimeout as sleep } from 'node:timers/promises'
import { acknowledge, RawClient, readServerFrame, twilsockFrame } from './client.ts'

export type IdleJob = {
  port: number
  sockets: number
  /** Null for the plain server, which takes no sign-in. */
  tokens: string[] | null
  /** What socket i watches: the groups in turn, the same again after the last. */
  subscribe: object[][]
}
export type StormJob = {
  storm: true
  messages: number
  sendWhileAway: { url: string; authorization: string }
}
export type StormResult = { seconds: number; resumed: number; complete: number }

type Watcher = { client: RawClient; onReply: () => void; seen: Set<string> }

const OPENING_AT_ONCE = 100
const ITEM = /"item_index":(\d+)/g

let job: IdleJob | undefined
let watchers: Watcher[] = []

process.on('message', async (message: IdleJob | StormJob) => {
  if ('storm' in message) {
    process.send?.(await storm(message))
    return
  }
  job = message
  watchers = Array.from({ length: job.sockets }, newWatcher)
  await inGroups(watchers, (watcher, i) => open(watcher, i, null))
  process.send?.(watchers.length)
})
process.on('disconnect', () => process.exit())

function newWatcher(): Watcher {
  return { client: undefined as unknown as RawClient, onReply: () => {}, seen: new Set() }
}

/** So many at a time as a server can be asked to greet. */
async function inGroups<T>(list: readonly T[], work: (item: T, i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < list.length; i = next++) {
      const item = list[i]
      if (item !== undefined) await work(item, i)
    }
  }
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, worker))
}

async function open(watcher: Watcher, i: number, after: number | null): Promise<void> {
  const { port, tokens, subscribe } = job ?? { port: 0, tokens: null, subscribe: [] }
  watcher.client = await new Promise<RawClient>((resolve) => new RawClient(port, resolve))
  const { client } = watcher
  client.onMessage = (message) => {
    const frame = readServerFrame(message)
    if (frame.isReply) {
      watcher.onReply()
      return
    }
    acknowledge(client, frame)
    for (const [, index] of message.toString().matchAll(ITEM)) if (index) watcher.seen.add(index)
  }
  if (!tokens) return
  await ask(watcher, twilsockFrame({ method: 'init', id: 'init', token: tokens[i % tokens.length] }))
  const objects = subscribe[i % subscribe.length] ?? []
  const requests = objects.map((one) => ({ ...one, last_event_id: after }))
  const body = { event_protocol_version: 4, action: 'establish', correlation_id: 1, requests }
  const http = { host: 'cds', path: '/v4/Subscriptions', method: 'POST', params: {}, headers: {} }
  const header = { id: 'sub', method: 'message', payload_type: 'application/json', http_request: http }
  await ask(watcher, twilsockFrame(header, JSON.stringify(body)))
}

function ask(watcher: Watcher, frame: string): Promise<void> {
  return new Promise((resolve) => {
    watcher.onReply = resolve
    watcher.client.send(frame)
  })
}

/** All are cut, messages are sent, all come back: done when every one has seen every message. */
async function storm({ messages, sendWhileAway }: StormJob): Promise<StormResult> {
  for (const { client } of watchers) client.destroy()
  await sleep(200)
  for (let i = 0; i < messages; i++) {
    await fetch(sendWhileAway.url, {
      method: 'POST',
      headers: { authorization: sendWhileAway.authorization },
      body: new URLSearchParams({ From: 'bench', Body: `away ${i}` }),
    })
  }
  const started = performance.now()
  await inGroups(watchers, (watcher, i) => open(watcher, i, 0))
  while (watchers.some(({ seen }) => seen.size < messages) && performance.now() - started < 60_000)
    await sleep(10)
  return {
    seconds: (performance.now() - started) / 1000,
    resumed: watchers.length,
    complete: watchers.filter(({ seen }) => seen.size >= messages).length,
  }
}
