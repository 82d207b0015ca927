// The WebSocket of one client after its handshake.
import type { Duplex } from 'node:stream'
import { closeFrame, pongFrame } from './frames.ts'
import { FrameReader } from './reader.ts'

export type ClientSocketHandlers = {
  onMessage(message: Buffer): void
  /** Something came, if only a pong. */
  onLife(): void
  /** Once, when the socket is over or the client has said goodbye. */
  onEnd(): void
}

/** How long the client may take to answer a goodbye. */
const GOODBYE_MS = 5_000

export class ClientSocket {
  readonly #socket: Duplex
  #saidGoodbye = false

  /** `limit` is the number of bytes of one message; `head` is what came with the handshake. */
  constructor(socket: Duplex, head: Buffer, limit: number, handlers: ClientSocketHandlers) {
    this.#socket = socket
    const reader = new FrameReader(limit, {
      onMessage: handlers.onMessage,
      onPing: (payload) => {
        if (socket.writable) socket.write(pongFrame(payload))
      },
      onPong: () => {},
      onClose: () => {
        handlers.onEnd()
        this.close(1000)
        socket.end()
      },
      onFailure: (code) => {
        handlers.onEnd()
        this.close(code)
      },
    })
    socket.on('data', (chunk: Buffer) => {
      handlers.onLife()
      reader.push(chunk)
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => handlers.onEnd())
    if (head.length > 0) reader.push(head)
  }

  /** Says goodbye, and ends the socket when the client does not within a few seconds. */
  close(code: number): void {
    if (this.#saidGoodbye) return
    this.#saidGoodbye = true
    if (this.#socket.writable) this.#socket.write(closeFrame(code))
    const timer = setTimeout(() => this.terminate(), GOODBYE_MS)
    this.#socket.on('close', () => clearTimeout(timer))
  }

  terminate(): void {
    this.#socket.destroy()
  }
}
