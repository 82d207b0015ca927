// The parameters that describe one thing in a webhook, shared by what is about to happen and what has happened
// (rest-v2.md §4.3, appendix B). Values that are absent are left out; dates have milliseconds, unlike those of REST.
import { mediaOf } from '../../chat/media.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Channel } from '../../store/channels.ts'
import type { Member } from '../../store/members.ts'
import type { Message, MessageMedia } from '../../store/messages.ts'
import type { User } from '../../store/users.ts'

export type WebhookFields = Record<string, string | number | boolean | null | undefined>

export function channelFields(c: Channel): WebhookFields {
  return {
    ChannelSid: c.sid,
    ChannelType: c.type,
    FriendlyName: c.friendlyName,
    UniqueName: c.uniqueName,
    Attributes: c.attributes,
    CreatedBy: c.createdBy,
    DateCreated: isoDate(c.createdAt),
  }
}

export function memberFields(m: Member): WebhookFields {
  return {
    ChannelSid: m.channelSid,
    MemberSid: m.sid,
    Identity: m.identity,
    RoleSid: m.roleSid,
    Attributes: m.attributes,
    DateCreated: isoDate(m.createdAt),
  }
}

export function messageFields(m: Message): WebhookFields {
  return {
    ChannelSid: m.channelSid,
    MessageSid: m.sid,
    Index: m.messageIndex,
    From: m.author,
    Body: m.body ?? '',
    Attributes: m.attributes,
    DateCreated: isoDate(m.createdAt),
    ...mediaFields(mediaOf(m)),
  }
}

export function mediaFields([media]: readonly MessageMedia[]): WebhookFields {
  if (!media) return {}
  return {
    MediaSid: media.sid,
    MediaContentType: media.contentType,
    MediaSize: media.size,
    MediaFilename: media.filename,
  }
}

export function userFields(u: User): WebhookFields {
  return {
    UserSid: u.sid,
    Identity: u.identity,
    RoleSid: u.roleSid,
    FriendlyName: u.friendlyName,
    Attributes: u.attributes,
  }
}

export function dateUpdated({ updatedAt }: { updatedAt: number }): WebhookFields {
  return { DateUpdated: isoDate(updatedAt) }
}

/** Some receivers read the older spelling with a capital, so both are sent. */
export function reachabilityFields(u: User): WebhookFields {
  const online = flag(u.isOnline)
  const notifiable = flag(u.isNotifiable)
  return { isOnline: online, isNotifiable: notifiable, IsOnline: online, IsNotifiable: notifiable }
}

function flag(value: number | null): boolean | null {
  return value === null ? null : value === 1
}
