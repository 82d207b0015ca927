// @twilio/conversations: the same things under other names.
import type { Client, Conversation, Message, Participant } from 'twilio-conversations-3'
import { allPages, type Page, wrapPage, wrapUser, wrapVerbs } from './common.ts'
import { recordEvents } from './digest.ts'
import { Recorder } from './recorder.ts'
import type { SdkChannel, SdkClient, SdkMember } from './sdk.ts'

export function wrapConversationsClient(client: Client, name: string): SdkClient {
  const events = new Recorder(name)
  recordEvents(client as never, 'conversations', events)
  return {
    events,
    self: () => wrapUser(client.user, () => client.user.isOnline),
    connectionState: () => client.connectionState,
    createChannel: async ({ uniqueName, friendlyName, attributes }) =>
      wrapConversation(await client.createConversation({ uniqueName, friendlyName, attributes } as never)),
    channel: async (sid) => wrapConversation(await client.getConversationBySid(sid)),
    channelByUniqueName: async (unique) => wrapConversation(await client.getConversationByUniqueName(unique)),
    subscribedChannels: async () =>
      (await allPages(client.getSubscribedConversations())).map(wrapConversation),
    user: async (identity) => {
      const user = await client.getUser(identity)
      return wrapUser(user, () => user.isOnline)
    },
    updateToken: (token) => client.updateToken(token),
    setPushRegistration: (type, id) => client.setPushRegistrationId(type, id),
    unsetPushRegistration: (type) => client.unsetPushRegistrationId(type),
    shutdown: () => client.shutdown(),
  }
}

function wrapConversation(conversation: Conversation): SdkChannel {
  return {
    sid: conversation.sid,
    state: () => ({
      sid: conversation.sid,
      status: conversation.status,
      uniqueName: conversation.uniqueName,
      friendlyName: conversation.friendlyName,
      attributes: conversation.attributes,
      createdBy: conversation.createdBy,
      notificationLevel: conversation.notificationLevel,
      horizon: conversation.lastReadMessageIndex,
      lastMessageIndex: conversation.lastMessage?.index ?? null,
    }),
    members: async () => (await conversation.getParticipants()).map(wrapParticipant),
    member: async (identity) => {
      const found = await conversation.getParticipantByIdentity(identity)
      if (!found) throw new Error(`There is no participant ${identity}`)
      return wrapParticipant(found)
    },
    messages: async (size, anchor, direction) =>
      wrapPage((await conversation.getMessages(size, anchor, direction)) as Page<Message>, (message) =>
        message.getParticipant(),
      ),
    removeMember: (identity) => conversation.removeParticipant(identity),
    membersCount: () => conversation.getParticipantsCount(),
    unreadCount: () => conversation.getUnreadMessagesCount(),
    setHorizon: (index) => conversation.updateLastReadMessageIndex(index),
    advanceHorizon: (index) => conversation.advanceLastReadMessageIndex(index),
    setAllConsumed: () => conversation.setAllMessagesRead(),
    setNoneConsumed: () => conversation.setAllMessagesUnread(),
    ...wrapVerbs(conversation),
  }
}

function wrapParticipant(participant: Participant): SdkMember {
  return {
    sid: participant.sid,
    identity: participant.identity ?? '',
    attributes: participant.attributes,
    horizon: participant.lastReadMessageIndex,
    roleSid: participant.roleSid,
    updateAttributes: (attributes) => participant.updateAttributes(attributes as never),
  }
}
