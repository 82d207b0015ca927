// What has happened becomes push events, in the transaction of the change itself.
import { identityOf, isUser } from '../../chat/caller.ts'
import type { Listener } from '../../chat/chat.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { NotificationSettings } from '../../chat/notification-settings.ts'
import { type PushFacts, type PushType, settingOf } from '../../chat/push-dialect.ts'
import { newSid, type Sid } from '../../lib/sid.ts'
import { showsBadge } from '../../store/bindings.ts'
import type { Tx } from '../../store/database.ts'
import type { Message } from '../../store/messages.ts'
import { insertPushEvent } from '../../store/push-events.ts'
import { findPushSettings } from '../../store/push-recipients.ts'
import { cutText } from './texts.ts'

/** What may be worth a push; `userSid` is null for all members of the channel. */
type Occasion = {
  type: PushType | 'badge'
  userSid: Sid<'US'> | null
  actor: string
  message: Message | null
}

/** `wake` is called after a commit that has brought push events. */
export function createPushListener(wake: () => void): Listener {
  const wanted = new WeakSet<readonly ChatEvent[]>()
  return {
    async record(tx, events) {
      for (const event of events) {
        const occasion = occasionOf(event)
        if (!occasion || !(await isWanted(tx, event, occasion))) continue
        recordOccasion(tx, event, occasion)
        wanted.add(events)
      }
    },
    publish(events) {
      if (wanted.has(events)) wake()
    },
  }
}

function occasionOf(event: ChatEvent): Occasion | null {
  const actor = identityOf(event.by)
  switch (event.type) {
    case 'message.sent':
      return { type: 'new_message', userSid: null, actor: event.message.author, message: event.message }
    case 'member.added':
      return toOther(event, 'added_to_channel', event.member, actor)
    case 'member.removed':
      return toOther(event, 'removed_from_channel', event.member, actor)
    case 'invite.added':
      return toOther(event, 'invited_to_channel', event.invite, actor)
    case 'member.updated':
      if (!event.readHorizonMoved || event.member.userSid === null) return null
      return { type: 'badge', userSid: event.member.userSid, actor, message: null }
    default:
      return null
  }
}

/** Nobody is told of what he did himself. */
function toOther(
  event: ChatEvent,
  type: PushType,
  { userSid, identity }: { userSid: Sid<'US'> | null; identity: string | null },
  actor: string,
): Occasion | null {
  if (userSid === null || isUser(event.by, event.serviceSid, identity)) return null
  return { type, userSid, actor, message: null }
}

async function isWanted(tx: Tx, event: ChatEvent, { type, userSid }: Occasion): Promise<boolean> {
  const settings = await findPushSettings(tx, event.serviceSid)
  if (!settings) return false
  const notifications: NotificationSettings = JSON.parse(settings.notifications)
  if (type !== 'badge') return notifications[settingOf[type]].enabled
  const { enabled, badgeCountEnabled } = notifications.newMessage
  return enabled && badgeCountEnabled === true && userSid !== null && showsBadge(tx, userSid)
}

function recordOccasion(tx: Tx, event: ChatEvent, { type, userSid, actor, message }: Occasion): void {
  if (!('channel' in event)) return
  const { sid, uniqueName, friendlyName, rosterEvent } = event.channel
  const facts: PushFacts = {
    channel: { sid, uniqueName, friendlyName },
    actor: { identity: actor, sid: null, friendlyName: null },
    message: message && {
      sid: message.sid,
      index: message.messageIndex,
      author: message.author,
      body: cutText(message.body ?? ''),
      media: message.media === null ? [] : JSON.parse(message.media),
    },
  }
  insertPushEvent(tx, {
    sid: newSid('PE'),
    serviceSid: event.serviceSid,
    channelSid: sid,
    userSid,
    type,
    rosterEvent,
    facts: JSON.stringify(facts),
    position: '',
    createdAt: event.at,
  })
}
