// A wire between client and server that a test can cut, hold and hand over to another server.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Direction = 'up' | 'down'
/** Sees the bytes of one connection as they pass. */
export type Tap = (direction: Direction, chunk: Buffer) => void

export type TcpProxy = AsyncDisposable & {
  port: number
  /** The SDKs' address through this wire. */
  wsUrl: string
  /** Connections that are open now. */
  open(): number
  /** Connections so far. */
  count(): number
  /** Breaks every connection, in the middle of whatever passes. */
  cut(): void
  /** Holds all bytes, both ways, until `resume`. */
  stall(): void
  resume(): void
  /** New connections break at once, until `allow`. */
  refuse(): void
  allow(): void
  /** New connections go to this port. */
  retarget(port: number): void
}

export async function startTcpProxy(targetPort: number, tap?: () => Tap): Promise<TcpProxy> {
  const wires = new Set<Wire>()
  const state = { target: targetPort, refuses: false, stalled: false, count: 0 }
  const server = createServer((client) => {
    if (state.refuses) {
      client.resetAndDestroy()
      return
    }
    state.count++
    const wire = joinWire(client, connect(state.target, '127.0.0.1'), tap?.())
    wires.add(wire)
    wire.closed.then(() => wires.delete(wire))
    if (state.stalled) wire.hold()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cut = (): void => {
    for (const wire of wires) wire.cut()
  }
  return {
    port,
    wsUrl: `ws://127.0.0.1:${port}/v3/wsconnect`,
    open: () => wires.size,
    count: () => state.count,
    cut,
    stall() {
      state.stalled = true
      for (const wire of wires) wire.hold()
    },
    resume() {
      state.stalled = false
      for (const wire of wires) wire.release()
    },
    refuse() {
      state.refuses = true
    },
    allow() {
      state.refuses = false
    },
    retarget(next) {
      state.target = next
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

type Wire = { closed: Promise<void>; cut(): void; hold(): void; release(): void }

function joinWire(client: Socket, server: Socket, tap?: Tap): Wire {
  const closed = Promise.withResolvers<void>()
  const ends = [client, server]
  const cut = (): void => {
    for (const end of ends) end.resetAndDestroy()
  }
  carry(client, server, (chunk) => tap?.('up', chunk))
  carry(server, client, (chunk) => tap?.('down', chunk))
  for (const end of ends) {
    end.setNoDelay(true)
    end.on('error', cut)
    end.once('close', () => {
      for (const other of ends) other.destroySoon()
      closed.resolve()
    })
  }
  return {
    closed: closed.promise,
    cut,
    hold: () => ends.forEach((end) => void end.pause()),
    release: () => ends.forEach((end) => void end.resume()),
  }
}

function carry(from: Socket, to: Socket, look: (chunk: Buffer) => void): void {
  from.on('data', (chunk: Buffer) => {
    look(chunk)
    if (!to.destroyed) to.write(chunk)
  })
}
