// Requests over sockets, a process of its own: each socket asks, waits for the answer, and asks the next thing.
// Answers any job with its result.
import { type LoadResult, measureWindow } from '../window.ts'
import {
  acknowledge,
  isSuccess,
  messageFrame,
  RawClient,
  readServerFrame,
  signInFrame,
  startOf,
  type TunnelCall,
  tunnelRequest,
} from './client.ts'

const NOTHING: Buffer = Buffer.alloc(0)

export type CallsJob = {
  port: number
  /** The server's process, for its CPU time. */
  pid: number
  /** One socket for each. */
  tokens: string[]
  /** Asked in turn by every socket, which begins at a place of its own, as far from the others as there is room. */
  calls: TunnelCall[]
  warmUpMs: number
  measureMs: number
}

process.on('message', async (job: CallsJob) => {
  process.send?.(await run(job))
})
process.on('disconnect', () => process.exit())

async function run(job: CallsJob): Promise<LoadResult> {
  const { port, tokens, calls } = job
  const state = { answered: 0, stopping: false }
  const frames = calls.map((call) => messageFrame(tunnelRequest(call)))
  const ended = tokens.map((token, i) => {
    const first = Math.floor((i * frames.length) / tokens.length)
    return converse(port, token, frames, first, state)
  })
  const result = await measureWindow(job, () => state.answered)
  state.stopping = true
  await Promise.all(ended)
  return result
}

async function converse(
  port: number,
  token: string,
  frames: readonly Buffer[],
  first: number,
  state: { answered: number; stopping: boolean },
): Promise<void> {
  const client = await new Promise<RawClient>((resolve) => new RawClient(port, resolve))
  let onReply: (reply: string) => void = () => {}
  client.onMessage = (message) => {
    const frame = readServerFrame(message)
    if (frame.isReply) onReply(startOf(message))
    else acknowledge(client, frame)
  }
  const ask = (request: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      onReply = (reply) => (isSuccess(reply) ? resolve() : reject(new Error(reply)))
      client.sendFrame(request)
    })
  await ask(messageFrame(signInFrame(token)))
  for (let i = first; !state.stopping; i++) {
    await ask(frames[i % frames.length] ?? NOTHING)
    state.answered++
  }
  client.destroy()
}
