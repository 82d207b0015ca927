// What is about to happen because a user wants it, and may still be changed or refused (rest-v2.md §4.4).
import type { Channel, ChannelRef } from '../store/channels.ts'
import type { Member } from '../store/members.ts'
import type { Message } from '../store/messages.ts'
import type { User } from '../store/users.ts'
import type { Caller } from './caller.ts'
import type { ChannelChange, ChannelDraft } from './channels.ts'
import type { Chat } from './chat.ts'
import type { MemberChange, MemberDraft } from './members.ts'
import type { MessageChange, MessageDraft } from './message-change.ts'
import type { UserChange } from './users.ts'

export type Intent =
  | { type: 'message.send'; channel: ChannelRef; draft: MessageDraft }
  | { type: 'message.update'; channel: ChannelRef; message: Message; change: MessageChange }
  | { type: 'message.remove'; channel: ChannelRef; message: Message }
  | { type: 'channel.create'; draft: ChannelDraft }
  | { type: 'channel.update'; channel: Channel; change: ChannelChange }
  | { type: 'channel.remove'; channel: Channel }
  | { type: 'member.add'; channel: Channel; draft: MemberDraft }
  | { type: 'member.update'; channel: Channel; member: Member; change: MemberChange }
  | { type: 'member.remove'; channel: Channel; member: Member }
  | { type: 'user.update'; user: User; change: UserChange }

/** The intent, perhaps changed by whoever was asked; only a user's intents are asked about. Throws webhookRefused. */
export function askBefore<I extends Intent>(chat: Chat, caller: Caller, intent: I): Promise<I> {
  if (caller.kind !== 'user' || chat.askBefore === null) return Promise.resolve(intent)
  return chat.askBefore(intent, caller)
}
