// What a pre-event webhook tells: the proposed values, and nothing that is assigned only later (rest-v2.md §4.3, appendix B).
import { type Caller, identityOf, isUser } from '../../chat/caller.ts'
import type { ChannelDraft } from '../../chat/channels.ts'
import type { Intent } from '../../chat/intents.ts'
import type { MemberDraft } from '../../chat/members.ts'
import type { MessageDraft } from '../../chat/message-change.ts'
import type { WebhookFacts } from '../../chat/webhook-dialect.ts'
import type { ChannelRef } from '../../store/channels.ts'
import {
  channelFields,
  dateUpdated,
  mediaFields,
  memberFields,
  messageFields,
  userFields,
  type WebhookFields,
} from './webhook-fields.ts'

export function intentFields(intent: Intent, caller: Caller, facts: WebhookFacts): WebhookFields {
  switch (intent.type) {
    case 'message.send':
      return messageDraftFields(intent.channel, intent.draft, caller, facts)
    case 'message.update':
      return {
        ...messageFields(intent.message),
        ...dateUpdated(intent.message),
        Body: intent.change.body ?? intent.message.body ?? '',
        Attributes: intent.change.attributes ?? intent.message.attributes,
        ModifiedBy: identityOf(caller),
      }
    case 'message.remove':
      return {
        ...messageFields(intent.message),
        ...dateUpdated(intent.message),
        RemovedBy: identityOf(caller),
      }
    case 'channel.create':
      return channelDraftFields(intent.draft, caller)
    case 'channel.update':
      return {
        ...channelFields({ ...intent.channel, ...given(intent.change) }),
        ...dateUpdated(intent.channel),
      }
    case 'channel.remove':
      return { ...channelFields(intent.channel), ...dateUpdated(intent.channel) }
    case 'member.add':
      return memberDraftFields(intent.channel, intent.draft, caller, facts)
    case 'member.update':
      return { ...memberFields({ ...intent.member, ...given(intent.change) }), ...dateUpdated(intent.member) }
    case 'member.remove':
      return {
        ...memberFields(intent.member),
        ...dateUpdated(intent.member),
        Reason: isUser(caller, intent.channel.serviceSid, intent.member.identity) ? 'LEFT' : 'REMOVED',
      }
    case 'user.update':
      return { ...userFields({ ...intent.user, ...given(intent.change) }), ...dateUpdated(intent.user) }
  }
}

function messageDraftFields(
  channel: ChannelRef,
  draft: MessageDraft,
  caller: Caller,
  facts: WebhookFacts,
): WebhookFields {
  return {
    ChannelSid: channel.sid,
    From: draft.author ?? identityOf(caller),
    Body: draft.body ?? '',
    Attributes: draft.attributes || '{}',
    RoleSid: facts.authorRoleSid,
    ...mediaFields(facts.media),
  }
}

function channelDraftFields(draft: ChannelDraft, caller: Caller): WebhookFields {
  return {
    ChannelType: draft.type ?? 'public',
    FriendlyName: draft.friendlyName || null,
    UniqueName: draft.uniqueName || null,
    Attributes: draft.attributes || '{}',
    CreatedBy: identityOf(caller),
  }
}

function memberDraftFields(
  channel: ChannelRef,
  draft: MemberDraft,
  caller: Caller,
  facts: WebhookFacts,
): WebhookFields {
  return {
    ChannelSid: channel.sid,
    Identity: draft.identity,
    RoleSid: draft.roleSid ?? facts.memberRoleSid,
    Attributes: draft.attributes || '{}',
    Reason: isUser(caller, channel.serviceSid, draft.identity) ? 'JOINED' : 'ADDED',
  }
}

/** The members of a change that were given, as they will be kept: an empty text is no name, or no attributes. */
function given<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (value === '' ? [key, key === 'attributes' ? '{}' : null] : [key, value]))
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
