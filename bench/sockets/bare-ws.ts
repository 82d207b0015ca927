// What a plain `ws` server pays: for every message it gets it sends two frames, of the sizes that Parley sends, to
// every client, and reads their acknowledgements. A process of its own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

export type BareSizes = { list: string; document: string; reply: string }

process.once('message', (frames: BareSizes) => {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  const reply = Buffer.from(frames.reply, 'base64')
  const list = Buffer.from(frames.list, 'base64')
  const document = Buffer.from(frames.document, 'base64')
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data: Buffer) => {
      if (data.includes('"method":"reply"')) return
      for (const one of sockets.clients) {
        one.send(list)
        one.send(document)
      }
      socket.send(reply)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
process.on('disconnect', () => process.exit())
