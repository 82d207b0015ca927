// One person's side of a channel, through the SDK alone: what an app would do.
import type { Channel, Client, Member, Message } from 'twilio-chat-6'
import { loadSdk } from './sdk.ts'
import { mintToken, socketUrl } from './setup.ts'

export type Line = {
  sid: string
  index: number
  author: string
  body: string
  edited: boolean
  own: boolean
  /** Name and type of an attached file. */
  file: string | null
}

export type Snapshot = {
  connection: string
  lines: readonly Line[]
  /** Who is typing. */
  typing: readonly string[]
  /** How far others have read. */
  horizons: Readonly<Record<string, number>>
  problem: string | null
}

export type Conversation = {
  send(text: string): Promise<void>
  sendFile(file: File): Promise<void>
  type(): void
  edit(sid: string, text: string): Promise<void>
  remove(sid: string): Promise<void>
  /** An address of the file that works for a while. */
  fileUrl(sid: string): Promise<string>
  readAll(): Promise<void>
  close(): Promise<void>
}

export const nothingYet: Snapshot = {
  connection: 'connecting',
  lines: [],
  typing: [],
  horizons: {},
  problem: null,
}

const PAGE = 50

type Options = { service: string; identity: string; channelSid: string; onChange(snapshot: Snapshot): void }

/** Signs in, loads the channel's last messages and keeps them up to date. Rejects with what the SDK says. */
export async function openConversation(options: Options): Promise<Conversation> {
  const SdkClient = await loadSdk()
  const token = await mintToken(options.service, options.identity)
  const client = await SdkClient.create(token, { Twilsock: { uri: socketUrl() } } as object)
  try {
    return await converse(client, options)
  } catch (error) {
    // Nobody else has the client: it would stay connected for as long as the page is open.
    void client.shutdown()
    throw error
  }
}

async function converse(
  client: Client,
  { service, identity, channelSid, onChange }: Options,
): Promise<Conversation> {
  const channel = await client.getChannelBySid(channelSid)
  const messages = new Map<string, Message>()
  const typing = new Set<string>()
  const members = await channel.getMembers()
  for (const message of (await channel.getMessages(PAGE)).items) messages.set(message.sid, message)
  const tell = (): void => onChange(describe(client, identity, messages, typing, members))
  watch(channel, messages, typing, tell)
  client.on('connectionStateChanged', tell)
  client.on('tokenAboutToExpire', async () => client.updateToken(await mintToken(service, identity)))
  tell()
  return actionsOf(client, channel, messages)
}

function watch(
  channel: Channel,
  messages: Map<string, Message>,
  typing: Set<string>,
  tell: () => void,
): void {
  channel.on('messageAdded', (message) => {
    messages.set(message.sid, message)
    tell()
  })
  channel.on('messageUpdated', tell)
  channel.on('messageRemoved', ({ sid }) => {
    messages.delete(sid)
    tell()
  })
  channel.on('memberUpdated', tell)
  channel.on('typingStarted', ({ identity }) => {
    typing.add(identity)
    tell()
  })
  channel.on('typingEnded', ({ identity }) => {
    typing.delete(identity)
    tell()
  })
}

function describe(
  client: Client,
  identity: string,
  messages: ReadonlyMap<string, Message>,
  typing: ReadonlySet<string>,
  members: readonly Member[],
): Snapshot {
  const horizons: Record<string, number> = {}
  for (const member of members) {
    const index = member.lastConsumedMessageIndex
    if (member.identity !== identity && index !== null) horizons[member.identity] = index
  }
  const lines = [...messages.values()]
    .sort((a, b) => a.index - b.index)
    .map((message) => toLine(message, identity))
  return { connection: client.connectionState, lines, typing: [...typing], horizons, problem: null }
}

function toLine(message: Message, identity: string): Line {
  const { sid, index, author, body, media, dateCreated, dateUpdated } = message
  return {
    sid,
    index,
    author,
    body: body ?? '',
    edited: dateUpdated.getTime() > dateCreated.getTime(),
    own: author === identity,
    file: media ? `${media.filename ?? 'file'} (${media.contentType})` : null,
  }
}

function actionsOf(client: Client, channel: Channel, messages: ReadonlyMap<string, Message>): Conversation {
  const need = (sid: string): Message => {
    const message = messages.get(sid)
    if (!message) throw new Error('This message is gone')
    return message
  }
  return {
    send: async (text) => void (await channel.sendMessage(text)),
    async sendFile(file) {
      const form = new FormData()
      form.append('file', file, file.name)
      await channel.sendMessage(form)
    },
    type: () => void channel.typing(),
    edit: async (sid, text) => void (await need(sid).updateBody(text)),
    remove: async (sid) => void (await need(sid).remove()),
    async fileUrl(sid) {
      const url = await need(sid).media?.getContentTemporaryUrl()
      if (!url) throw new Error('This message has no file')
      return url
    },
    readAll: async () => void (await channel.setAllMessagesConsumed()),
    close: () => client.shutdown(),
  }
}
