// One user in many channels, made through the front door.
import { AUTHORIZATION } from '../requests.ts'

const AT_ONCE = 16

/** Returns the service; `identity` has joined that many channels in it. */
export async function makeJoinedChannels(port: number, identity: string, channels: number): Promise<string> {
  const services = `http://127.0.0.1:${port}/v2/Services`
  const serviceSid = await post(services, { FriendlyName: 'bench' }, 201)
  const service = `${services}/${serviceSid}`
  await post(service, { 'Limits.UserChannels': String(channels) }, 200)
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < channels) {
      const channelSid = await post(`${service}/Channels`, { FriendlyName: `channel ${next++}` }, 201)
      await post(`${service}/Channels/${channelSid}/Members`, { Identity: identity }, 201)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return serviceSid
}

async function post(url: string, form: Record<string, string>, expected: number): Promise<string> {
  const headers = { authorization: AUTHORIZATION }
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  if (answer.status !== expected) {
    throw new Error(`POST ${url} was answered ${answer.status}: ${await answer.text()}`)
  }
  return ((await answer.json()) as { sid: string }).sid
}
