// The route of a send without its storage, a process of its own: Parley's HTTP server with all it does around the verb
// (authentication, form, hooks, metrics, JSON, the line in the log), and a message that is always the same. The first
// message brings its row's sids and the file for the log.
import { openSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createMessage } from '../src/api/chat-v2/messages.ts'
import { createAuthenticator } from '../src/api/http/auth.ts'
import { createCors } from '../src/api/http/cors.ts'
import { createHttpMetrics } from '../src/api/http/metrics.ts'
import { createHttpServer } from '../src/api/http/server.ts'
import type { Chat } from '../src/chat/chat.ts'
import { LogStream } from '../src/lib/log-stream.ts'
import { newSid, type Sid } from '../src/lib/sid.ts'
import type { Message } from '../src/store/messages.ts'
import { ACCOUNT_SID, AUTH_TOKEN, MESSAGE_BODY } from './requests.ts'

export type RouteGreeting = { serviceSid: string; channelSid: string; log: string }

process.once('message', async ({ log, ...place }: RouteGreeting) => {
  const logger = pino({ base: null }, new LogStream(openSync(log, 'a')))
  const login = { username: ACCOUNT_SID, password: AUTH_TOKEN, accountSid: ACCOUNT_SID as Sid<'AC'> }
  const row = messageIn(place)
  const server = createHttpServer({
    // The operation below is the only one, and asks nothing of it.
    chat: {} as Chat,
    operations: [{ ...createMessage, run: async () => row }],
    authenticate: createAuthenticator([login]),
    baseUrl: () => 'http://localhost',
    cors: createCors(null),
    logger,
    logOutage: () => {},
    accessLog: logger,
    metrics: createHttpMetrics(),
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  process.send?.((server.server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())

function messageIn({ serviceSid, channelSid }: Omit<RouteGreeting, 'log'>): Message {
  const now = Date.now()
  return {
    serviceSid: serviceSid as Sid<'IS'>,
    channelSid: channelSid as Sid<'CH'>,
    sid: newSid('IM'),
    messageIndex: 1,
    author: 'user-1',
    memberSid: null,
    body: MESSAGE_BODY,
    attributes: '{}',
    media: null,
    wasEdited: 0,
    lastUpdatedBy: null,
    createdEvent: 1,
    lastEvent: 1,
    deleted: 0,
    createdAt: now,
    updatedAt: now,
  }
}
