// One channel with ten members, made through the front door, and what a client needs to watch it.
import { mintAccessToken } from '../../src/lib/access-token.ts'
import type { Sid } from '../../src/lib/sid.ts'
import { syncSidOf } from '../../src/realtime/sync/objects.ts'
import { ACCOUNT_SID, AUTHORIZATION } from '../requests.ts'

export const API_KEY_SID = `SK${'0'.repeat(31)}1`
export const API_KEY_SECRET = 'bench-api-key-secret'
const MEMBERS = 10

/** For servers that take these tokens and as many sockets as a benchmark opens. */
export const BENCH_ENV = {
  PARLEY_API_KEY_SID: API_KEY_SID,
  PARLEY_API_KEY_SECRET: API_KEY_SECRET,
  PARLEY_MAX_CONNECTIONS_PER_USER: '100000',
}

/** A socket signs in with a token and sends to a path, each the next one in turn. */
export type Room = { tokens: string[]; paths: string[]; subscribe: object[] }

export async function makeRoom(port: number): Promise<Room> {
  const services = `http://127.0.0.1:${port}/v2/Services`
  const serviceSid = await create(services, { FriendlyName: 'bench' })
  const channelSid = (await create(`${services}/${serviceSid}/Channels`, {})) as Sid<'CH'>
  const tokens: string[] = []
  for (let i = 0; i < MEMBERS; i++) {
    await create(`${services}/${serviceSid}/Channels/${channelSid}/Members`, { Identity: `user-${i}` })
    tokens.push(await tokenFor(serviceSid, `user-${i}`))
  }
  return {
    tokens,
    paths: [messagesPath(serviceSid, channelSid)],
    subscribe: [
      {
        object_sid: syncSidOf({ kind: 'messages', sid: channelSid }),
        object_type: 'list',
        last_event_id: null,
      },
      {
        object_sid: syncSidOf({ kind: 'channel', sid: channelSid }),
        object_type: 'document',
        last_event_id: null,
      },
    ],
  }
}

/** As many channels as senders, each with one of them. */
export async function makeRooms(port: number, count: number): Promise<Room> {
  const services = `http://127.0.0.1:${port}/v2/Services`
  const serviceSid = await create(services, { FriendlyName: 'bench' })
  const room: Room = { tokens: [], paths: [], subscribe: [] }
  for (let i = 0; i < count; i++) {
    const channelSid = await create(`${services}/${serviceSid}/Channels`, {})
    await create(`${services}/${serviceSid}/Channels/${channelSid}/Members`, { Identity: `user-${i}` })
    room.tokens.push(await tokenFor(serviceSid, `user-${i}`))
    room.paths.push(messagesPath(serviceSid, channelSid))
  }
  return room
}

export type WatchedRooms = { tokens: string[]; subscribe: object[][]; restMessages: string }

/** Users that are in all of the rooms, and for each room the objects that one client watches: so many, of all rooms. */
export async function makeWatchedRooms(port: number, count: number, objects: number): Promise<WatchedRooms> {
  const services = `http://127.0.0.1:${port}/v2/Services`
  const serviceSid = await create(services, { FriendlyName: 'bench' })
  const channelSids: Sid<'CH'>[] = []
  for (let i = 0; i < count; i++) {
    const channelSid = (await create(`${services}/${serviceSid}/Channels`, {})) as Sid<'CH'>
    await create(`${services}/${serviceSid}/Channels/${channelSid}/Members`, { Identity: 'user-0' })
    channelSids.push(channelSid)
  }
  const watched = channelSids.map((sid) => ({
    object_sid: syncSidOf({ kind: 'messages', sid }),
    object_type: 'list',
    last_event_id: null,
  }))
  return {
    tokens: [await tokenFor(serviceSid, 'user-0')],
    subscribe: watched.map((_, i) =>
      Array.from({ length: objects }, (_one, k) => watched[(i + k) % count] ?? {}),
    ),
    restMessages: `/v2/Services/${serviceSid}/Channels/${channelSids[0]}/Messages`,
  }
}

function messagesPath(serviceSid: string, channelSid: string): string {
  return `/Client/v2/Services/${serviceSid}/Conversations/${channelSid}/Messages`
}

export function tokenFor(serviceSid: string, identity: string): Promise<string> {
  return mintAccessToken({
    ...{
      accountSid: ACCOUNT_SID,
      apiKeySid: API_KEY_SID,
      apiKeySecret: API_KEY_SECRET,
      identity,
      serviceSid,
    },
    ...{ ttl: 3_600, issuedAt: Math.floor(Date.now() / 1000) },
  })
}

async function create(url: string, form: Record<string, string>): Promise<string> {
  const headers = { authorization: AUTHORIZATION }
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  if (answer.status !== 201)
    throw new Error(`POST ${url} was answered ${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as { sid: string }).sid
}
