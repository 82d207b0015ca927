// The least that a Node.js server can do, a process of its own: what the generator reaches against it is the
// most that it can be asked to measure.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const BODY = '{}'

process.once('message', () => {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(201, { 'content-length': BODY.length }).end(BODY)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
process.on('disconnect', () => process.exit())
