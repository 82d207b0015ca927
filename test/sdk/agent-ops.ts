// What an agent does for a test: SDK clients by name, in plain data.
import type { Seen } from './adapters/recorder.ts'
import type { Sdk, SdkChannel, SdkClient } from './adapters/sdk.ts'

export type Snapshot = {
  user: { friendlyName: string | null; attributes: unknown }
  channels: Record<string, ChannelSnapshot>
}
export type ChannelSnapshot = {
  state: object
  /** Of joined channels. */
  members?: object[]
  messages?: { index: number }[]
}

/** What a user does; `message` is the place among the messages that the client reads. */
export type Action =
  | { do: 'send'; channel: string; body: string }
  | { do: 'edit'; channel: string; message: number; body: string }
  | { do: 'mark'; channel: string; message: number; attributes: object }
  | { do: 'remove'; channel: string; message: number }
  | { do: 'join' | 'leave' | 'typing' | 'decline'; channel: string }
  | { do: 'add' | 'expel' | 'invite'; channel: string; identity: string }
  | { do: 'horizon'; channel: string; index: number | null }
  | { do: 'level'; channel: string; level: 'default' | 'muted' }
  | { do: 'rename' | 'describe'; channel: string; text: string }
  | { do: 'profile'; text: string }

export function createOps(sdk: Sdk, problems: string[]) {
  const clients = new Map<string, SdkClient>()
  const the = (name: string): SdkClient => {
    const client = clients.get(name)
    if (!client) throw new Error(`There is no client ${name}`)
    return client
  }
  return {
    async connect(name: string, token: string, wsUrl: string): Promise<void> {
      clients.set(name, await sdk.connect(token, wsUrl))
    },
    async disconnect(name: string): Promise<void> {
      await the(name).shutdown()
      clients.delete(name)
    },
    seen: (name: string, event: string): Seen[] => the(name).events.all(event),
    waitFor: (name: string, event: string, match: Partial<Seen>, ms?: number) =>
      the(name).events.waitFor(event, match, ms),
    connectionState: (name: string): string => the(name).connectionState(),
    snapshot: (name: string): Promise<Snapshot> => snapshotOf(the(name)),
    async registerDevice(name: string, type: 'fcm' | 'apn', address: string): Promise<void> {
      await the(name).setPushRegistration(type, address)
    },
    async signOffDevice(name: string, type: 'fcm' | 'apn'): Promise<void> {
      await the(name).unsetPushRegistration(type)
    },
    /** The chat error number of a refusal; 0 when it is done. */
    async act(name: string, action: Action): Promise<number> {
      try {
        await act(the(name), action)
        return 0
      } catch (error) {
        const code = sdk.errorCode(error)
        if (code === undefined) problems.push(`${JSON.stringify(action)}: ${error}`)
        return code ?? -1
      }
    },
    /** What went wrong where no test looked. */
    problems: (): string[] => problems,
  }
}

export type Ops = ReturnType<typeof createOps>

async function snapshotOf(client: SdkClient): Promise<Snapshot> {
  const user = { friendlyName: client.self().friendlyName(), attributes: client.self().attributes() }
  const channels: Snapshot['channels'] = {}
  for (const channel of await client.subscribedChannels()) {
    const state = channel.state()
    channels[channel.sid] = state.status === 'joined' ? { state, ...(await insideOf(channel)) } : { state }
  }
  return { user, channels }
}

async function insideOf(channel: SdkChannel): Promise<Required<Omit<ChannelSnapshot, 'state'>>> {
  const members = (await channel.members()).map(({ identity, attributes, horizon, roleSid }) => ({
    ...{ identity, attributes, horizon, roleSid },
  }))
  const messages = (await readMessages(channel)).map(
    ({ index, sid, body, author, attributes, lastUpdatedBy }) => ({
      ...{ index, sid, body, author, attributes, lastUpdatedBy },
    }),
  )
  return { members: members.sort((a, b) => (a.identity < b.identity ? -1 : 1)), messages }
}

async function readMessages(channel: SdkChannel) {
  let page = await channel.messages(50)
  let all = page.items
  while (page.hasPrev) {
    page = await page.prev()
    all = [...page.items, ...all]
  }
  return all
}

async function act(client: SdkClient, action: Action): Promise<unknown> {
  if (action.do === 'profile') return client.self().updateFriendlyName(action.text)
  const channel = await client.channel(action.channel)
  switch (action.do) {
    case 'send':
      return channel.send(action.body)
    case 'edit':
    case 'mark':
    case 'remove':
      return actOnMessage(channel, action)
    case 'join':
    case 'leave':
    case 'typing':
      return channel[action.do]()
    case 'decline':
      return channel.invitations?.decline()
    case 'add':
      return channel.add(action.identity)
    case 'expel':
      return channel.removeMember(action.identity)
    case 'invite':
      return channel.invitations?.invite(action.identity)
    case 'horizon':
      return channel.setHorizon(action.index)
    case 'level':
      return channel.setNotificationLevel(action.level)
    case 'rename':
      return channel.updateFriendlyName(action.text)
    case 'describe':
      return channel.updateAttributes({ about: action.text })
  }
}

async function actOnMessage(
  channel: SdkChannel,
  action: Extract<Action, { do: 'edit' | 'mark' | 'remove' }>,
): Promise<unknown> {
  const { items } = await channel.messages(20)
  const message = items[action.message % Math.max(1, items.length)]
  if (action.do === 'edit') return message?.updateBody(action.body)
  return action.do === 'mark' ? message?.updateAttributes(action.attributes) : message?.remove()
}
