// The load of the fan-out, a process of its own: N sockets watch one room, ten of them send in a closed loop, and
// every socket acknowledges every frame as the SDKs do. Answers any job with its result.
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOf, ownCpuSeconds } from '../cpu.ts'
import {
  acknowledge,
  countOf,
  isSuccess,
  messageFrame,
  RawClient,
  readServerFrame,
  signInFrame,
  startOf,
  tunnelRequest,
} from './client.ts'

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
    if (frame.isReply) return watcher.onReply(startOf(message))
    acknowledge(client, frame)
    count(state, message, i < SAMPLED_SOCKETS)
  }
  if (job.parley) await signIn(job.parley, watcher, i)
  return watcher
}

async function signIn(parley: NonNullable<FanoutJob['parley']>, watcher: Watcher, i: number): Promise<void> {
  const token = parley.tokens[i % parley.tokens.length] ?? ''
  await ask(watcher, messageFrame(signInFrame(token)))
  if (parley.subscribe.length === 0) return
  const body = {
    event_protocol_version: parley.protocol,
    action: 'establish',
    correlation_id: 1,
    requests: parley.subscribe,
  }
  await ask(watcher, messageFrame(tunnelRequest({ method: 'POST', path: '/v4/Subscriptions', body })))
}

function sendForever(job: FanoutJob, watcher: Watcher, state: State, path: string): void {
  const nextFrame = sendFrames(job.body, path)
  const next = async (): Promise<void> => {
    while (!state.stopping) {
      state.sent++
      await ask(watcher, nextFrame())
      state.answered++
      if (job.parley?.subscribe.length !== 0) await allArrived(job, state)
    }
  }
  void next()
}

const TIME = '0'.repeat(13)

/** Frames of sends that differ in the time before their text alone: making each anew cost the generator a third of its time. */
function sendFrames(text: string, path: string): () => Buffer {
  const body = { body: `${TIME} ${text}`, attributes: '{}' }
  const model = messageFrame(tunnelRequest({ method: 'POST', path, body }))
  const timeAt = model.indexOf(`"${TIME} `) + 1
  return () => {
    const frame = Buffer.from(model)
    frame.write(String(Date.now()), timeAt, 'latin1')
    return frame
  }
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

function ask(watcher: Watcher, frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    watcher.onReply = (text) => {
      if (isSuccess(text)) resolve(text)
      else reject(new Error(text))
    }
    watcher.client.sendFrame(frame)
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
  return {
    deliveries,
    sends: answered,
    time: performance.now() / 1000,
    serverCpu: cpuSecondsOf(pid),
    generatorCpu: ownCpuSeconds(),
  }
}
