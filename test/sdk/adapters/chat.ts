// twilio-chat, all majors: what differs between the dialects of the wire does not show in the API.
import type { Channel, Client, Member, UserDescriptor } from 'twilio-chat-6'
import { allPages, wrapPage, wrapUser, wrapVerbs } from './common.ts'
import { recordEvents } from './digest.ts'
import { Recorder } from './recorder.ts'
import type { ChannelEntry, Directory, SdkChannel, SdkClient, SdkMember, UserEntry } from './sdk.ts'

export function wrapChatClient(client: Client, name: string): SdkClient {
  const events = new Recorder(name)
  recordEvents(client as never, 'chat', events)
  return {
    events,
    self: () => wrapUser(client.user, () => client.user.online),
    connectionState: () => client.connectionState,
    createChannel: async (draft) => wrapChannel(await client.createChannel(draft)),
    channel: async (sid) => wrapChannel(await client.getChannelBySid(sid)),
    channelByUniqueName: async (unique) => wrapChannel(await client.getChannelByUniqueName(unique)),
    subscribedChannels: async () => (await allPages(client.getSubscribedChannels())).map(wrapChannel),
    user: async (identity) => {
      const user = await client.getUser(identity)
      return wrapUser(user, () => user.online)
    },
    directory: wrapDirectory(client),
    updateToken: (token) => client.updateToken(token),
    setPushRegistration: (type, id) => client.setPushRegistrationId(type, id),
    unsetPushRegistration: (type) => client.unsetPushRegistrationId(type),
    shutdown: () => client.shutdown(),
  }
}

function wrapDirectory(client: Client): Directory {
  return {
    publicChannels: async () => (await allPages(client.getPublicChannelDescriptors())).map(toEntry),
    ownChannels: async () => (await allPages(client.getUserChannelDescriptors())).map(toEntry),
    localChannels: async () => (await client.getLocalChannels()).map(({ sid }) => sid),
    user: async (identity) => toUserEntry(await client.getUserDescriptor(identity)),
    async usersOf({ sid }) {
      const channel = await client.getChannelBySid(sid)
      return (await allPages(channel.getUserDescriptors())).map(toUserEntry)
    },
  }
}

function toEntry(descriptor: ChannelEntry): ChannelEntry {
  const { sid, uniqueName, friendlyName, status, messagesCount, membersCount } = descriptor
  return { sid, uniqueName, friendlyName, status, messagesCount, membersCount }
}

function toUserEntry({ identity, friendlyName, attributes }: UserDescriptor): UserEntry {
  return { identity, friendlyName, attributes }
}

function wrapChannel(channel: Channel): SdkChannel {
  return {
    sid: channel.sid,
    state: () => ({
      sid: channel.sid,
      status: channel.status,
      type: channel.type,
      uniqueName: channel.uniqueName,
      friendlyName: channel.friendlyName,
      attributes: channel.attributes,
      createdBy: channel.createdBy,
      notificationLevel: channel.notificationLevel,
      horizon: channel.lastConsumedMessageIndex,
      lastMessageIndex: channel.lastMessage?.index ?? null,
    }),
    invitations: { invite: (identity) => channel.invite(identity), decline: () => channel.decline() },
    members: async () => (await channel.getMembers()).map(wrapMember),
    member: async (identity) => wrapMember(await channel.getMemberByIdentity(identity)),
    messages: async (size, anchor, direction) =>
      wrapPage(await channel.getMessages(size, anchor, direction), (message) => message.getMember()),
    removeMember: (identity) => channel.removeMember(identity),
    membersCount: () => channel.getMembersCount(),
    unreadCount: () => channel.getUnconsumedMessagesCount(),
    setHorizon: (index) => channel.updateLastConsumedMessageIndex(index),
    advanceHorizon: (index) => channel.advanceLastConsumedMessageIndex(index),
    setAllConsumed: () => channel.setAllMessagesConsumed(),
    setNoneConsumed: () => channel.setNoMessagesConsumed(),
    ...wrapVerbs(channel),
  }
}

function wrapMember(member: Member): SdkMember {
  return {
    sid: member.sid,
    identity: member.identity,
    attributes: member.attributes,
    horizon: member.lastConsumedMessageIndex,
    roleSid: member.roleSid,
    updateAttributes: (attributes) => member.updateAttributes(attributes),
  }
}
