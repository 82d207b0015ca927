// Webhook targets that answer without end, or as nobody has asked.
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

export type UnrulyTarget = AsyncDisposable & {
  url: string
  /** Bytes that went out so far. */
  written(): number
  /** Resolves once the caller has closed its connection. */
  hungUp: Promise<void>
}

const CHUNK = Buffer.alloc(65_536, 'x')

/** 200, and then a body that comes as fast as it is read. */
export async function startEndlessBody(): Promise<UnrulyTarget> {
  return start((pour) =>
    createServer((request, response) => {
      request.resume()
      response.writeHead(200)
      pour(response, CHUNK)
    }),
  )
}

/** 200, and then headers that do not end. */
export async function startEndlessHeaders(): Promise<UnrulyTarget> {
  return start((pour) =>
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.resume()
      socket.write('HTTP/1.1 200 OK\r\n')
      pour(socket, Buffer.from(`X-More: ${'x'.repeat(1_000)}\r\n`))
    }),
  )
}

/** 101, as if for another protocol. */
export async function startSwitching(): Promise<UnrulyTarget> {
  return start(() =>
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
      )
    }),
  )
}

type Pour = (to: ServerResponse | Socket, chunk: Buffer) => void

async function start(create: (pour: Pour) => ReturnType<typeof createTcpServer>): Promise<UnrulyTarget> {
  let written = 0
  const hungUp = Promise.withResolvers<void>()
  const open = new Set<Socket>()
  const pour: Pour = (to, chunk) => {
    const more = (): void => {
      do written += chunk.length
      while (!to.destroyed && to.write(chunk))
    }
    to.on('drain', more)
    to.once('close', () => hungUp.resolve())
    more()
  }
  const server = create(pour)
  server.on('connection', (socket) => open.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    written: () => written,
    hungUp: hungUp.promise,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
