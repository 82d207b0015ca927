// A server whose pushes go to fakes, with a service in it that wants them all.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceContext, ServiceContextUpdateOptions } from 'twilio/lib/rest/chat/v2/service.js'
import { vi } from 'vitest'
import type { UserCaller } from '../../../src/chat/caller.ts'
import { PUSH_TYPES } from '../../../src/chat/push-dialect.ts'
import { type Registration, registerBinding } from '../../../src/chat/push-registrations.ts'
import type { Sid } from '../../../src/lib/sid.ts'
import type { Binding } from '../../../src/store/bindings.ts'
import { sql } from '../../../src/store/sql.ts'
import { type Engine, projectEngine } from '../databases.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../server.ts'
import { type FakeApns, startApns } from './fake-apns.ts'
import { type FakeFcm, startFcm } from './fake-fcm.ts'

export type Scene = AsyncDisposable & {
  server: TestServer
  /** What leads the server to the fakes. */
  settings: Record<string, string>
  apns: FakeApns
  fcm: FakeFcm
  service: ServiceContext
  serviceSid: string
  /** A credential for the fake FCM. */
  fcmCredential: string
  caller(identity: string): Promise<UserCaller>
  /** A device of this user, for the fake FCM unless said otherwise; the user is made when there is none. */
  register(identity: string, device?: Partial<Registration>): Promise<Binding>
  /** A channel with these members, who have no push of that. */
  channel(members: string[], options?: { friendlyName?: string; uniqueName?: string }): Promise<string>
  say(channelSid: string, body: string, from?: string): Promise<string>
  /** Resolves once nothing waits any more to be sent. */
  settled(): Promise<void>
}

export const ALL_ON: ServiceContextUpdateOptions = {
  'notifications.newMessage.enabled': true,
  'notifications.addedToChannel.enabled': true,
  'notifications.removedFromChannel.enabled': true,
  'notifications.invitedToChannel.enabled': true,
  'notifications.logEnabled': true,
}

/** With `settings` in the environment of the server. */
export async function startScene(
  settings: Record<string, string> = {},
  engine: Engine = projectEngine(),
): Promise<Scene> {
  const [apns, fcm, folder] = await Promise.all([
    startApns(),
    startFcm(),
    mkdtemp(join(tmpdir(), 'parley-push-')),
  ])
  const authority = join(folder, 'authority.pem')
  await writeFile(authority, apns.authority)
  const pointed = pointedAt(apns, fcm, authority)
  const server = await startServer({ ...pointed, ...settings }, engine)
  const service = await server.givenService()
  const { sid: serviceSid } = await service.update(ALL_ON)
  const { credentials } = server.client.chat.v2
  const { sid: fcmCredential } = await credentials.create({ type: 'fcm', secret: fcm.account.json })
  return {
    ...{ server, settings: pointed, apns, fcm, service, serviceSid, fcmCredential },
    ...actions(server, service, serviceSid, fcmCredential),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await Promise.all([apns[Symbol.asyncDispose](), fcm[Symbol.asyncDispose]()])
      await rm(folder, { recursive: true })
    },
  }
}

function pointedAt(
  apns: Pick<FakeApns, 'url'>,
  fcm: Pick<FakeFcm, 'url' | 'tokenUrl'>,
  authorityFile: string,
): Record<string, string> {
  return {
    PARLEY_APNS_URL: apns.url,
    PARLEY_APNS_SANDBOX_URL: apns.url,
    PARLEY_FCM_URL: fcm.url,
    PARLEY_FCM_TOKEN_URL: fcm.tokenUrl,
    PARLEY_PUSH_CA_FILE: authorityFile,
  }
}

function actions(server: TestServer, service: ServiceContext, serviceSid: string, credentialSid: string) {
  const { chat } = server.app
  async function caller(identity: string): Promise<UserCaller> {
    const { sid } = await service
      .users(identity)
      .fetch()
      .catch(() => service.users.create({ identity }))
    return {
      ...{ kind: 'user', accountSid: ACCOUNT_SID as Sid<'AC'>, serviceSid: serviceSid as Sid<'IS'> },
      ...{ userSid: sid as Sid<'US'>, identity },
    }
  }
  return {
    caller,
    async register(identity: string, device: Partial<Registration> = {}): Promise<Binding> {
      return registerBinding(chat, await caller(identity), {
        ...{ channelType: 'fcm', address: `token-of-${identity}`, endpointId: `phone-of-${identity}` },
        ...{ credentialSid, messageTypes: PUSH_TYPES, dialect: 'chat', ...device },
      })
    },
    async channel(members: string[], options: { friendlyName?: string; uniqueName?: string } = {}) {
      const { sid } = await service.channels.create(options)
      const was = { 'notifications.addedToChannel.enabled': false }
      await service.update(was)
      for (const identity of members) await service.channels(sid).members.create({ identity })
      await service.update(ALL_ON)
      return sid
    },
    async say(channelSid: string, body: string, from?: string): Promise<string> {
      return (await service.channels(channelSid).messages.create({ body, from })).sid
    },
    async settled(): Promise<void> {
      await vi.waitUntil(
        async () => {
          const waiting = await chat.db.one<{ found: number }>(
            sql`select 1 as found from push_events union all select 1 from pushes where state = 'waiting' limit 1`,
          )
          return waiting === undefined
        },
        { timeout: 25_000, interval: 20 },
      )
    },
  }
}
