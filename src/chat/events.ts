// What has happened. Rows are as they are after the change; of removed things, as they were before. An update is `edited`
// when it changed more than dates and authors.
import type { Sid } from '../lib/sid.ts'
import type { Binding } from '../store/bindings.ts'
import type { Channel, ChannelType } from '../store/channels.ts'
import type { Delivery } from '../store/deliveries.ts'
import type { Invite } from '../store/invites.ts'
import type { Member } from '../store/members.ts'
import type { Message } from '../store/messages.ts'
import type { Role } from '../store/roles.ts'
import type { Service } from '../store/services.ts'
import type { UserChannel } from '../store/user-channels.ts'
import type { User } from '../store/users.ts'
import type { Caller } from './caller.ts'

export type ChatFact =
  | { type: 'service.updated'; service: Service; reachabilityBegan: boolean }
  | { type: 'service.removed'; service: Service }
  | { type: 'role.updated'; role: Role }
  | { type: 'user.added' | 'user.updated' | 'user.removed'; user: User }
  | { type: 'channel.created'; channel: Channel }
  | { type: 'channel.updated'; channel: Channel; edited: boolean; becamePrivate: boolean }
  /** With the items that went from "the user's channels" of everyone concerned. */
  | { type: 'channel.removed'; channel: Channel; userChannels: UserChannel[] }
  | { type: 'member.added'; channel: Channel; member: Member; userChannel: UserChannel }
  | {
      type: 'member.updated'
      channel: Channel
      member: Member
      edited: boolean
      readHorizonMoved: boolean
    }
  | { type: 'member.removed'; channel: Channel; member: Member; userChannel: UserChannel | null }
  | {
      type: 'userChannel.updated'
      userChannel: UserChannel
      channelType: ChannelType
      lastReadIndex: number | null
    }
  | { type: 'invite.added' | 'invite.removed'; channel: Channel; invite: Invite; userChannel: UserChannel }
  | { type: 'message.sent' | 'message.removed'; channel: Channel; message: Message }
  | { type: 'message.updated'; channel: Channel; message: Message; edited: boolean }
  | { type: 'binding.removed'; binding: Binding }
  | { type: 'delivery.replayed'; delivery: Delivery }

export type ChatEvent = ChatFact & { by: Caller; serviceSid: Sid<'IS'>; at: number }
export type Emit = (fact: ChatFact) => void
