// A bare Fastify route of each kind, a process of its own: reads the form as a buffer and answers a JSON of the
// same size as Parley's. No storage, no log, no hooks. The first message brings the answers.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'

export type BareAnswers = { send: object; read: object }

const PATH = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Messages'

process.once('message', async (answers: BareAnswers) => {
  const server = Fastify()
  server.removeAllContentTypeParsers()
  const form = 'application/x-www-form-urlencoded'
  server.addContentTypeParser(form, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.post(PATH, async (_request, reply) => reply.code(201).send(answers.send))
  server.get(PATH, async () => answers.read)
  await server.listen({ host: '127.0.0.1', port: 0 })
  process.send?.((server.server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())
