// The load of the fan-out, a process of its own: N sockets watch one room, ten of them send in a closed loop, and
// every socket acknowledges every frame as the SDKs do. Answers any job with its result.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { acknowledge, countOf, RawClient, readServerFrame, twilsockFrame } from './client.ts'

export type FanoutJob = {
  port: number
  pid: number
  sockets: number
  senders: number
  warmUpMs: number
  measureMs: number
  /** Null for the plain server, which takes anything and sends two frames to everyone. */
  parley: { tokens: string[]; paths: string[]; protocol: number; subscribe: object[] } | null
  /** Of a plain message. */
  body: string
}

export type FanoutResult = {
  /** One message with both its events at one socket. */
  deliveries: number
  /** Messages that were answered. */
  sends: number
  seconds: number
  serverCpuSeconds: number
  generatorCpuSeconds: number
  /** Milliseconds from sending to arrival at a watching socket. */
  latencies: number[]
}

const TICKS_PER_SECOND = 100
const LIST_ITEM = Buffer.from('"item_index":')
const SAMPLED_SOCKETS = 20

process.on('message', async (job: FanoutJob) => {
  process.send?.(await run(job))
})
process.on('disconnect', () => process.exit())

async function run(job: FanoutJob): Promise<FanoutResult> {
  const state = {
    sent: 0,
    answered: 0,
    deliveries: 0,
    stopping: false,
    measuring: false,
    latencies: [] as number[],
  }
  const clients = await openAll(job, state)
  const paths = job.parley?.paths ?? ['/']
  for (const [i, client] of clients.slice(0, job.senders).entries()) {
    sendForever(job, client, state, paths[i % paths.length] ?? '/')
  }
  await sleep(job.warmUpMs)
  state.measuring = true
  const before = snapshot(job.pid, state)
  await sleep(job.measureMs)
  const after = snapshot(job.pid, state)
  state.stopping = true
  for (const { client } of clients) client.destroy()
  return {
    deliveries: after.deliveries - before.deliveries,
    sends: after.sends - before.sends,
    seconds: after.time - before.time,
    serverCpuSeconds: after.serverCpu - before.serverCpu,
    generatorCpuSeconds: after.generatorCpu - before.generatorCpu,
    latencies: state.latencies,
  }
}

type State = {
  sent: number
  answered: number
  deliveries: number
  stopping: boolean
  measuring: boolean
  latencies: number[]
}
type Watcher = { client: RawClient; onReply: (text: string) => void }

async function openAll(job: FanoutJob, state: State): Promise<Watcher[]> {
  const watchers: Watcher[] = []
  for (let i = 0; i < job.sockets; i++) watchers.push(await open(job, state, i))
  return watchers
}

async function open(job: FanoutJob, state: State, i: number): Promise<Watcher> {
  const client = await new Promise<RawClient>((resolve) => new RawClient(job.port, resolve))
  const watcher: Watcher = { client, onReply: () => {} }
  client.onClose = () => {
    if (!state.stopping) throw new Error('The server closed a socket')
  }
  client.onMessage = (message) => {
    const frame = readServerFrame(message)
    if (frame.isReply) return watcher.onReply(message.toString())
    acknowledge(client, frame)
    count(state, message, i < SAMPLED_SOCKETS)
  }
  if (job.parley) await signIn(job.parley, watcher, i)
  return watcher
}

async function signIn(parley: NonNullable<FanoutJob['parley']>, watcher: Watcher, i: number): Promise<void> {
  const token = parley.tokens[i % parley.tokens.length] ?? ''
  await ask(
    watcher,
    twilsockFrame({ method: 'init', id: 'init', token, registrations: [], capabilities: [] }),
  )
  if (parley.subscribe.length === 0) return
  const body = {
    event_protocol_version: parley.protocol,
    action: 'establish',
    correlation_id: 1,
    requests: parley.subscribe,
  }
  await ask(watcher, request('/v4/Subscriptions', body))
}

function sendForever(job: FanoutJob, watcher: Watcher, state: State, path: string): void {
  const next = async (): Promise<void> => {
    while (!state.stopping) {
      state.sent++
      await ask(watcher, request(path, { body: `${Date.now()} ${job.body}`, attributes: '{}' }))
      state.answered++
      if (job.parley?.subscribe.length !== 0) await allArrived(job, state)
    }
  }
  void next()
}

/** Resolves once no more messages are on their way than there are other senders: a loop that is closed everywhere. */
function allArrived(job: FanoutJob, state: State): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (state.sent - state.deliveries / job.sockets < job.senders || state.stopping) resolve()
      else setTimeout(check, 1)
    }
    check()
  })
}

function request(path: string, body: object): string {
  const header = {
    id: 'TM5b18d745-0000-4000-8000-000000000000',
    method: 'message',
    active_grant: 'ip_messaging',
    payload_type: 'application/json; charset=utf-8',
    http_request: { host: 'aim', path, method: 'POST', params: {}, headers: {} },
  }
  return twilsockFrame(header, JSON.stringify(body))
}

function ask(watcher: Watcher, frame: string): Promise<string> {
  return new Promise((resolve, reject) => {
    watcher.onReply = (text) => {
      if (/"status":\{"code":200/.test(text) && !/"http_status":\{"code":[345]/.test(text)) resolve(text)
      else reject(new Error(text))
    }
    watcher.client.send(frame)
  })
}

/** Items, not frames: a frame may hold several. */
function count(state: State, message: Buffer, isSampled: boolean): void {
  const items = countOf(message, LIST_ITEM)
  state.deliveries += items
  if (!state.measuring || !isSampled || items === 0) return
  for (const [, sent] of message.toString().matchAll(/"text":"(\d+) /g))
    state.latencies.push(Date.now() - Number(sent))
}

function snapshot(pid: number, { deliveries, answered }: State) {
  const own = process.cpuUsage()
  return {
    deliveries,
    sends: answered,
    time: performance.now() / 1000,
    serverCpu: cpuOf(pid),
    generatorCpu: (own.user + own.system) / 1e6,
  }
}

/** Seconds of CPU that the process has used, all its threads. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
