// A server with one service, and raw clients of it.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import type { Engine } from './databases.ts'
import { PINS } from './process.ts'
import { startServer, type TestServer } from './server.ts'
import { mintToken, type Signer, signerOf, type TokenOptions } from './tokens.ts'
import { openTwilsock, type Twilsock } from './twilsock.ts'

export const SIGNER: Signer = signerOf(PINS)

export type Realtime = AsyncDisposable & {
  server: TestServer
  url: string
  service: ServiceContext
  serviceSid: string
  token(identity: string, options?: TokenOptions): string
  /** A socket that has said nothing yet. Closed at the end, like every other. */
  socket(options?: { acknowledge?: boolean }): Promise<Twilsock>
  /** A socket whose `init` was taken. */
  client(identity: string, more?: Record<string, unknown>): Promise<Twilsock>
  /** A public channel with these members. */
  givenChannel(...identities: string[]): Promise<TestChannel>
  /** Says something in the channel through REST; returns its index. */
  say(channelSid: string, body: string): Promise<number>
}

export type TestChannel = { sid: string; document: string; list: string; roster: string }

export async function startRealtime(
  settings: Record<string, string> = {},
  engine?: Engine,
): Promise<Realtime> {
  const server = await startServer(settings, engine)
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const sockets: Twilsock[] = []
  const token: Realtime['token'] = (identity, options) => mintToken(SIGNER, serviceSid, identity, options)
  const socket: Realtime['socket'] = async (options) => {
    const opened = await openTwilsock(server.url, options)
    sockets.push(opened)
    return opened
  }
  return {
    ...{ server, url: server.url, service, serviceSid, token, socket },
    async client(identity, more) {
      const client = await socket()
      const { header } = await client.init(token(identity), more)
      if ((header.status as { code: number }).code !== 200) throw new Error(`init: ${JSON.stringify(header)}`)
      return client
    },
    async givenChannel(...identities) {
      const { sid } = await service.channels.create({ friendlyName: 'a channel' })
      for (const identity of identities) await service.channels(sid).members.create({ identity })
      return namesOf(sid)
    },
    say: async (channelSid, body) =>
      (await service.channels(channelSid).messages.create({ body, from: 'system' })).index,
    async [Symbol.asyncDispose]() {
      await Promise.all(sockets.map((one) => one[Symbol.asyncDispose]()))
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The names of a channel's objects (§4). */
export function namesOf(sid: string): TestChannel {
  return { sid, document: `${sid}.channel`, list: `${sid}.messages`, roster: `${sid}.roster` }
}

export type Configuration = {
  identity: string
  myChannels: string
  myInfo: string
  links: Record<string, string>
}

export async function configurationOf(client: Twilsock): Promise<Configuration> {
  const { status, body } = await client.request('GET', '/Client/v1/Configuration')
  if (status !== 200) throw new Error(`GET /Client/v1/Configuration: ${status}`)
  const { my_conversations, my_user_info } = body.sync_objects
  return { identity: body.identity, myChannels: my_conversations, myInfo: my_user_info, links: body.links }
}
