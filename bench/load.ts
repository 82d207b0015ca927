// The load generator, a process of its own: keep-alive connections over plain sockets, one request at a time
// on each, and no more of HTTP than it takes to see where an answer ends. Answers any job with its result.
import { connect, type Socket } from 'node:net'
import { type LoadResult, measureWindow } from './window.ts'

export type LoadJob = {
  port: number
  /** The server's process, for its CPU time. */
  pid: number
  /** Sent in turn. */
  requests: string[]
  /** Any other status ends the benchmark. */
  status: number
  connections: number
  warmUpMs: number
  measureMs: number
}

const READ_BYTES = 65_536
/** The head of an answer is shorter than this. */
const HEAD_BYTES = 4_096

process.on('message', async (job: LoadJob) => {
  process.send?.(await run(job))
})
process.on('disconnect', () => process.exit())

async function run(job: LoadJob): Promise<LoadResult> {
  const requests = job.requests.map((text) => Buffer.from(text))
  const state = { answered: 0, sent: 0, stopping: false }
  const next = (): Buffer | undefined =>
    state.stopping ? undefined : requests[state.sent++ % requests.length]
  const count = (): void => {
    state.answered++
  }
  const closed = Array.from({ length: job.connections }, () => converse(job, next, count))
  const result = await measureWindow(job, () => state.answered)
  state.stopping = true
  await Promise.all(closed)
  return result
}

/** Sends request after answer after request on one connection, until there is no next one. */
function converse(job: LoadJob, next: () => Buffer | undefined, count: () => void): Promise<void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  let head = ''
  let received = 0
  let size = 0
  const receive = (bytes: number): boolean => {
    received += bytes
    if (size === 0) {
      head += buffer.toString('latin1', 0, Math.min(bytes, HEAD_BYTES))
      size = readAnswerSize(head, job.status)
    }
    if (size > 0 && received === size) {
      head = ''
      received = 0
      size = 0
      count()
      ask()
    }
    return true
  }
  const socket: Socket = connect({ port: job.port, host: '127.0.0.1', onread: { buffer, callback: receive } })
  socket.setNoDelay(true)
  const ask = (): void => {
    const request = next()
    if (request) socket.write(request)
    else socket.end()
  }
  socket.on('connect', ask)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** Bytes of the whole answer, or 0 while its head is not complete. */
function readAnswerSize(head: string, status: number): number {
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return 0
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (!head.startsWith(`HTTP/1.1 ${status}`) || length === undefined) {
    throw new Error(`Expected an answer ${status}, got:\n${head}`)
  }
  return end + 4 + Number(length)
}
