// Requests over sockets, a process of its own: each socket asks, waits for the answer, and asks the next thing.
// Answers any job with its result.
import { type LoadResult, measureWindow } from '../window.ts'
import {
  acknowledge,
  isSuccess,
  RawClient,
  readServerFrame,
  signInFrame,
  type TunnelCall,
  tunnelRequest,
} from './client.ts'

export type CallsJob = {
  port: number
  /** The server's process, for its CPU time. */
  pid: number
  /** One socket for each. */
  tokens: string[]
  /** Asked in turn by every socket, which begins at a place of its own. */
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
  const frames = calls.map(tunnelRequest)
  const ended = tokens.map((token, i) => converse(port, token, frames, i, state))
  const result = await measureWindow(job, () => state.answered)
  state.stopping = true
  await Promise.all(ended)
  return result
}

async function converse(
  port: number,
  token: string,
  frames: readonly string[],
  first: number,
  state: { answered: number; stopping: boolean },
): Promise<void> {
  const client = await new Promise<RawClient>((resolve) => new RawClient(port, resolve))
  let onReply: (reply: string) => void = () => {}
  client.onMessage = (message) => {
    const frame = readServerFrame(message)
    if (frame.isReply) onReply(message.toString('latin1', 0, 400))
    else acknowledge(client, frame)
  }
  const ask = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      onReply = (reply) => (isSuccess(reply) ? resolve() : reject(new Error(reply)))
      client.send(text)
    })
  await ask(signInFrame(token))
  for (let i = first; !state.stopping; i++) {
    await ask(frames[i % frames.length] ?? '')
    state.answered++
  }
  client.destroy()
}
