// Services made through REST before clients come: one that does not make them wait, and one with much in it.
import twilio from 'twilio'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { LARGE } from './scenario/11-scale.ts'

type Env = Readonly<Record<string, string | undefined>>

const AT_ONCE = 16

function chatOf(url: string, env: Env) {
  const { chat } = twilio(env.PARLEY_ACCOUNT_SID, env.PARLEY_AUTH_TOKEN)
  chat.baseUrl = url
  return chat.v2
}

/** A service whose clients report their horizon every second. */
export async function givenQuickService(url: string, env: Env): Promise<string> {
  const { services } = chatOf(url, env)
  const { sid } = await services.create({ friendlyName: 'scenario' })
  await services(sid).update({ consumptionReportInterval: 1 })
  return sid
}

export async function givenPushCredential(url: string, env: Env): Promise<string> {
  return (await chatOf(url, env).credentials.create({ type: 'fcm', secret: 'not-a-real-one' })).sid
}

/** A service for step 14. */
export async function givenLargeService(url: string, env: Env): Promise<string> {
  const { services } = chatOf(url, env)
  const { sid } = await services.create({ friendlyName: 'large' })
  await services(sid).update({ 'limits.userChannels': 1_000, 'limits.channelMembers': 1_000 })
  const service = services(sid)
  const { sid: large } = await service.channels.create({ uniqueName: LARGE.uniqueName })
  await atOnce(LARGE.channels - 1, async (i) => {
    const channel = await service.channels.create({ friendlyName: `channel ${i}` })
    await join(service, channel.sid, LARGE.identity)
  })
  await atOnce(LARGE.members, (i) => join(service, large, i === 0 ? LARGE.identity : `member-${i}`))
  for (let i = 0; i < LARGE.messages; i++) {
    await service.channels(large).messages.create({ body: `m${i}`, from: LARGE.identity })
  }
  return sid
}

function join(service: ServiceContext, channel: string, identity: string): Promise<unknown> {
  return service.channels(channel).members.create({ identity })
}

async function atOnce(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}
