// Which webhook belongs to which event and intent (rest-v2.md §4.2).
import type { ChatEvent } from '../../chat/events.ts'
import type { Intent } from '../../chat/intents.ts'

const EVENT_NAMES: Partial<Record<ChatEvent['type'], string>> = {
  'user.added': 'onUserAdded',
  'user.updated': 'onUserUpdated',
  'channel.created': 'onChannelAdded',
  'channel.updated': 'onChannelUpdated',
  'channel.removed': 'onChannelDestroyed',
  'member.added': 'onMemberAdded',
  'member.updated': 'onMemberUpdated',
  'member.removed': 'onMemberRemoved',
  'message.sent': 'onMessageSent',
  'message.updated': 'onMessageUpdated',
  'message.removed': 'onMessageRemoved',
}

const INTENT_NAMES: Record<Intent['type'], string> = {
  'user.update': 'onUserUpdate',
  'channel.create': 'onChannelAdd',
  'channel.update': 'onChannelUpdate',
  'channel.remove': 'onChannelDestroy',
  'member.add': 'onMemberAdd',
  'member.update': 'onMemberUpdate',
  'member.remove': 'onMemberRemove',
  'message.send': 'onMessageSend',
  'message.update': 'onMessageUpdate',
  'message.remove': 'onMessageRemove',
}

/** Null for an event without a webhook, as for new dates. A media message has its own, instead of the one for text. */
export function nameOfEvent(event: ChatEvent): string | null {
  if ('edited' in event && !event.edited) return null
  if (event.type === 'message.sent' && event.message.media !== null) return 'onMediaMessageSent'
  return EVENT_NAMES[event.type] ?? null
}

export function nameOfIntent(intent: Intent): string {
  if (intent.type === 'message.send' && intent.draft.mediaSids?.length) return 'onMediaMessageSend'
  return INTENT_NAMES[intent.type]
}
