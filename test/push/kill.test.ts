// The process dies while pushes wait and while some are on their way: none of an answered request is lost.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test, vi } from 'vitest'
import { PUSH_TYPES } from '../../src/chat/push-dialect.ts'
import { newSid, type Sid } from '../../src/lib/sid.ts'
import { saveBinding } from '../../src/store/bindings.ts'
import { times } from '../support/at-once.ts'
import { ENGINES, givenDatabase, type TestDatabase } from '../support/databases.ts'
import { sessionsGone } from '../support/postgres-admin.ts'
import { serve } from '../support/process.ts'
import { startFcm } from '../support/push/fake-fcm.ts'
import { ALL_ON } from '../support/push/scene.ts'
import { officialClient } from '../support/server.ts'
import { openExisting } from '../support/stores.ts'

const PATIENCE = { timeout: 120_000 }
const DEVICES = 20
const BEFORE_KILL = 40
const ALL = 80
/** Then the provider falls silent, so that pushes are under way and many wait when the process dies. */
const ANSWERED = 100

test.each(ENGINES)(
  'on %s every message that was answered reaches every device after kill -9',
  PATIENCE,
  async (engine) => {
    let silent = true
    await using fcm = await startFcm((_request, count) =>
      silent && count > ANSWERED ? null : { status: 200 },
    )
    await using database = await givenDatabase(engine)
    const env = { LOG_LEVEL: 'silent', PARLEY_FCM_URL: fcm.url, PARLEY_FCM_TOKEN_URL: fcm.tokenUrl }
    const sent: string[] = []
    let serviceSid = ''
    let channel = ''
    {
      await using parley = serve(database, env)
      const { services, credentials } = officialClient((await parley.listening()).url).chat.v2
      serviceSid = (await services.create({ friendlyName: 'kill' })).sid
      const service = services(serviceSid)
      channel = (await service.channels.create({})).sid
      const { sid: credentialSid } = await credentials.create({ type: 'fcm', secret: fcm.account.json })
      for (const i of times(DEVICES, (n) => n))
        await service.channels(channel).members.create({ identity: `user${i}` })
      await registerDevices(database, service, credentialSid)
      await service.update(ALL_ON)
      await send(service, channel, sent, BEFORE_KILL)
      expect(parley.kill('SIGKILL')).toBe(true)
      expect(await parley.exit).toEqual({ code: null, signal: 'SIGKILL' })
    }
    expect(fcm.inbox.received.length).toBeLessThan(BEFORE_KILL * DEVICES)
    if (engine === 'postgres') await sessionsGone(database)
    silent = false

    await using parley = serve(database, env)
    const service = officialClient((await parley.listening()).url).chat.v2.services(serviceSid)
    await send(service, channel, sent, ALL)
    const arrived = () =>
      new Set(fcm.inbox.received.map(({ message }) => `${message.token} ${message.data.message_sid}`))
    await vi.waitUntil(() => arrived().size >= ALL * DEVICES, { timeout: 60_000, interval: 100 })

    expect(arrived().size).toBe(ALL * DEVICES)
    // One push has one id, however often it is tried.
    const ids = new Set(fcm.inbox.received.map(({ message }) => message.data.twi_message_id))
    expect(ids.size).toBe(ALL * DEVICES)
    expect(sent).toHaveLength(ALL)
  },
)

async function send(service: ServiceContext, channel: string, sent: string[], upTo: number): Promise<void> {
  while (sent.length < upTo) sent.push((await service.channels(channel).messages.create({ body: 'hi' })).sid)
}

/** One device for each user; the server knows of them from the next look on. */
async function registerDevices(
  database: TestDatabase,
  service: ServiceContext,
  credentialSid: string,
): Promise<void> {
  const db = await openExisting(database)
  for (const user of await service.users.list()) {
    await db.transaction((tx) =>
      saveBinding(tx, {
        ...{ sid: newSid('BS'), serviceSid: user.serviceSid as Sid<'IS'>, userSid: user.sid as Sid<'US'> },
        ...{ identity: user.identity, endpoint: user.identity, address: `token-of-${user.identity}` },
        ...{ credentialSid: credentialSid as Sid<'CR'>, bindingType: 'fcm', dialect: 'chat', badge: null },
        ...{ messageTypes: JSON.stringify(PUSH_TYPES), createdAt: Date.now(), updatedAt: Date.now() },
      }),
    )
  }
  await db.close()
}
