// What the two panes need before they can start: a channel that both are in, and a token for each.
import { channelPath, extraPath, servicePath } from '../api/paths.ts'
import { ApiError, get, post } from '../api/request.ts'
import type { Channel, MintedToken } from '../api/types.ts'

const CONFLICT = 409
const MISSING = 404
const DEFAULT_CHANNEL = 'try-it'

/** The channel with both as members; the default one is made where it is missing. */
export async function prepareChannel(
  service: string,
  name: string | null,
  identities: readonly string[],
): Promise<Channel> {
  const channel = await findOrMake(service, name)
  for (const identity of identities) {
    await unless(CONFLICT, post(`${channelPath(service, channel.sid)}/Members`, { Identity: identity }))
  }
  return channel
}

export async function mintToken(service: string, identity: string): Promise<string> {
  const { token } = await post<MintedToken>(`${extraPath(service)}/Tokens`, { Identity: identity })
  return token
}

/** The address of the socket on the server that this page is from. */
export function socketUrl(): string {
  return `${window.location.origin.replace(/^http/, 'ws')}/v3/wsconnect`
}

async function findOrMake(service: string, name: string | null): Promise<Channel> {
  const path = channelPath(service, name ?? DEFAULT_CHANNEL)
  const found = await unless(MISSING, get<Channel>(path))
  if (found) return found
  if (name !== null) throw new ApiError(MISSING, null, `There is no channel ${name}`)
  const draft = { UniqueName: DEFAULT_CHANNEL, FriendlyName: 'Try it' }
  // Somebody else may have made it in the meantime.
  return (
    (await unless(CONFLICT, post<Channel>(`${servicePath(service)}/Channels`, draft))) ?? get<Channel>(path)
  )
}

async function unless<T>(status: number, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ApiError && error.status === status) return undefined
    throw error
  }
}
