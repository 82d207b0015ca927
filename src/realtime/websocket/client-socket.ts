// The WebSocket of one client after its handshake.
import type { Duplex } from 'node:stream'
import { closeFrame, pongFrame } from './frames.ts'
import { FrameReader } from './reader.ts'
import { readShared } from './shared-reads.ts'

type ClientSocketHandlers = {
  /** The bytes are only good during the call. */
  onMessage(message: Buffer): void
  /** Something came, if only a pong. */
  onLife(): void
  /** Once, when the socket is over or the client has said goodbye. */
  onEnd(): void
}

/** How long the client may take to answer a goodbye. */
const GOODBYE_MS = 5_000

export class ClientSocket {
  /** To write frames to. */
  readonly stream: Duplex
  readonly #reader: FrameReader
  #saidGoodbye = false

  /** Takes the socket over; `limit` is the number of bytes that one message may have. */
  constructor(accepted: Duplex, limit: number, handlers: ClientSocketHandlers) {
    const socket = readShared(accepted, (bytes) => {
      handlers.onLife()
      this.push(bytes)
    })
    this.stream = socket
    this.#reader = new FrameReader(limit, {
      onMessage: handlers.onMessage,
      // Who does not read gets no more: only the newest ping needs an answer (RFC 6455 §5.5.3).
      onPing: (payload) => {
        if (socket.writable && !socket.writableNeedDrain && !this.#saidGoodbye) {
          socket.write(pongFrame(payload))
        }
      },
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
    // Whatever goes wrong with the socket ends it; there is nobody to tell.
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => handlers.onEnd())
  }

  /** The number of bytes that one message may have from now on. */
  set limit(bytes: number) {
    this.#reader.limit = bytes
  }

  /** Takes bytes that the client has sent. */
  push(bytes: Buffer): void {
    this.#reader.push(bytes)
  }

  /** Says goodbye, and ends the socket when the client does not within a few seconds. */
  close(code: number): void {
    if (this.#saidGoodbye) return
    this.#saidGoodbye = true
    if (this.stream.writable) this.stream.write(closeFrame(code))
    const timer = setTimeout(() => this.terminate(), GOODBYE_MS)
    this.stream.on('close', () => clearTimeout(timer))
  }

  terminate(): void {
    this.stream.destroy()
  }
}
