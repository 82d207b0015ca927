// One client's socket, from its first frame to its end.
import type { Duplex } from 'node:stream'
import type { SignedIn } from '../chat/sign-in.ts'
import { comeBack, signedOut, tokenExpired } from './closings.ts'
import type { RealtimeContext } from './context.ts'
import { createPeer } from './create-peer.ts'
import { TYPING } from './message-types.ts'
import { handleFrame } from './methods.ts'
import type { Outbox } from './outbox.ts'
import type { Peer } from './peer.ts'
import { createRequests, type Requests } from './requests.ts'
import { createTokenTimers, type TokenTimers } from './token-timers.ts'
import { isAcknowledgement, parseFrame } from './twilsock/frame.ts'
import { tokenAboutToExpire } from './twilsock/messages.ts'
import { ClientSocket } from './websocket/client-socket.ts'
import { PING_FRAME } from './websocket/frames.ts'

/** A client that has not signed in by then is none. */
const SIGN_IN_MS = 30_000
/** Running requests are waited for this long before the end. */
const DRAIN_MS = 3_000
const MAX_UNANSWERED_PINGS = 2
/** Before the sign-in: a token is far smaller. */
const UNSIGNED_FRAME_BYTES = 65_536
/** Of a request: as many as the limit of their number may keep this much each in memory. */
const USUAL_BYTES = 1_024

/** `onSignIn` when the first sign-in begins, `onRefusal` when it has failed: then another may follow. */
export type ConnectionHandlers = { onSignIn(): void; onRefusal(): void; onEnd(): void }

export class Connection {
  readonly context: RealtimeContext
  readonly requests: Requests
  /** Which notifications the client takes, by the id of the context that registered them. */
  readonly messageTypes = new Map<string, readonly string[]>()
  /** Null before the client has signed in. */
  peer: Peer | null = null
  /** One sign-in after the other. */
  signingIn: Promise<void> = Promise.resolve()
  /** How many are not answered yet. */
  signInsUnderWay = 0
  readonly #ws: ClientSocket
  readonly #socket: Duplex
  readonly #outbox: Outbox
  readonly #timers: TokenTimers
  readonly #signInDeadline: NodeJS.Timeout
  readonly #undo: (() => void)[]
  readonly #handlers: ConnectionHandlers
  #waitingForRoom: (() => void)[] = []
  #isOpen = true
  #unansweredPings = 0

  /** Serves the socket until its end. */
  constructor(context: RealtimeContext, socket: Duplex, handlers: ConnectionHandlers) {
    this.context = context
    this.#handlers = handlers
    this.#ws = new ClientSocket(socket, Math.min(UNSIGNED_FRAME_BYTES, context.settings.frameBytes), {
      onMessage: (message) => this.#receive(message),
      onLife: () => {
        this.#unansweredPings = 0
      },
      onEnd: () => this.release(),
    })
    this.#socket = this.#ws.stream
    this.#outbox = context.createOutbox(this.#socket, context.settings.queueBytes)
    const { requestsInFlight, queueBytes } = context.settings
    const limits = { count: requestsInFlight, bytes: Math.max(queueBytes, requestsInFlight * USUAL_BYTES) }
    this.requests = createRequests(limits, () => this.#outbox.congested)
    this.#timers = createTokenTimers(
      context.chat.now,
      () => this.send(tokenAboutToExpire()),
      () => this.end(tokenExpired()),
    )
    this.#signInDeadline = setTimeout(() => this.end(comeBack('No sign-in in time')), SIGN_IN_MS)
    this.#undo = [handlers.onEnd]
    this.#socket.on('drain', () => {
      this.#resumeAll()
      this.requests.resume()
    })
  }

  /** Takes what came together with the handshake. */
  receive(head: Buffer): void {
    if (head.length > 0) this.#ws.push(head)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Queues a whole WebSocket frame; a client that lets too much of it wait must come back later. */
  send(frame: Buffer): void {
    if (this.#isOpen && !this.#outbox.send(frame)) this.end(comeBack('The client reads too slowly'))
  }

  /** Queues what the client has asked for. */
  answer(frame: Buffer): void {
    if (this.#isOpen) this.#outbox.answer(frame)
  }

  /** Resolves once the socket takes more, or has ended. */
  async room(): Promise<void> {
    if (!this.#isOpen || !this.#outbox.congested) return
    await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve))
  }

  beginSignIn(): void {
    if (++this.signInsUnderWay === 1 && !this.peer) this.#handlers.onSignIn()
  }

  /** Whatever came of it. */
  endSignIn(): void {
    if (--this.signInsUnderWay === 0 && !this.peer && this.#isOpen) this.#handlers.onRefusal()
  }

  /** After a successful init or update. */
  accept(signedIn: SignedIn): void {
    if (!this.#isOpen) return
    this.#timers.arm(signedIn.token.expiresAt)
    if (this.peer) return
    clearTimeout(this.#signInDeadline)
    this.#ws.limit = this.context.settings.frameBytes
    const { peer, leave } = createPeer(this.context, signedIn, {
      send: (frame) => this.send(frame),
      answer: (frame) => this.answer(frame),
      room: () => this.room(),
      isOpen: () => this.#isOpen,
      resync: (reason) => this.end(comeBack(reason)),
      wantsTyping: () => [...this.messageTypes.values()].some((types) => types.includes(TYPING)),
    })
    this.peer = peer
    const { userSid, serviceSid } = signedIn.caller
    const watcher = { onSignOut: () => this.end(signedOut()) }
    const { hub, users } = this.context
    this.#undo.push(leave, users.enter(signedIn.caller))
    for (const topic of [userSid, serviceSid]) {
      hub.watch(topic, watcher)
      this.#undo.push(() => hub.leave(topic, watcher))
    }
  }

  /** Sends `goodbye`, even if the queue is full, and nothing after it. */
  end(goodbye: Buffer): void {
    if (!this.#isOpen) return
    this.#outbox.flush()
    this.release()
    if (this.#socket.writable) this.#socket.write(goodbye)
    this.#ws.close(1000)
  }

  /** Asks the client to come back after `reconnectMs`, once its running requests are answered. */
  async drain(reason: string, reconnectMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS)
    })
    await Promise.race([this.requests.idle(), timeout])
    clearTimeout(timer)
    this.end(comeBack(reason, reconnectMs))
  }

  /** Sends a ping; ends the connection when nothing came back for the last ones. */
  checkAlive(): void {
    if (this.#unansweredPings >= MAX_UNANSWERED_PINGS) this.#ws.terminate()
    this.#unansweredPings++
    this.send(PING_FRAME)
  }

  /** The client goes. */
  leave(): void {
    this.release()
    this.#ws.close(1000)
  }

  /** Gives back everything the connection holds. */
  release(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    clearTimeout(this.#signInDeadline)
    this.#timers.stop()
    this.requests.stop()
    this.#resumeAll()
    for (const undo of this.#undo.splice(0)) undo()
  }

  #resumeAll(): void {
    for (const resume of this.#waitingForRoom.splice(0)) resume()
  }

  #receive(data: Buffer): void {
    if (!this.#isOpen) return
    if (isAcknowledgement(data)) {
      // Strangers have nothing to acknowledge, and no say in the pace of the loop.
      if (this.peer) this.context.acks.count()
      return
    }
    const frame = parseFrame(data)
    if (!frame) return
    try {
      handleFrame(this, frame)
    } catch (err) {
      // A mistake of ours ends this connection and no other.
      this.context.logger.error({ err }, 'frame failed')
      this.end(comeBack('The server has failed'))
    }
  }
}
