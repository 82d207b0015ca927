// What each webhook tells (rest-v2.md §4.3 and appendix B).
import { type Caller, identityOf, isUser } from '../../chat/caller.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { Intent } from '../../chat/intents.ts'
import type { WebhookFacts, WebhookParameters } from '../../chat/webhook-dialect.ts'
import {
  channelFields,
  isoDate,
  mediaFields,
  memberFields,
  messageFields,
  reachabilityFields,
  userFields,
  type WebhookFields,
} from './webhook-fields.ts'
import { nameOfEvent, nameOfIntent } from './webhook-names.ts'

export function describeEvent(event: ChatEvent, facts: WebhookFacts): WebhookParameters {
  const common = commonFields(nameOfEvent(event) ?? '', event.by, event.serviceSid)
  return toParameters({ ...common, ...eventFields(event, facts) })
}

/** A user's intent; nothing that is assigned only later is in it. */
export function describeIntent(intent: Intent, caller: Caller, facts: WebhookFacts): WebhookParameters {
  const serviceSid = caller.kind === 'user' ? caller.serviceSid : null
  const common = commonFields(nameOfIntent(intent), caller, serviceSid)
  return toParameters({ ...common, ...intentFields(intent, caller, facts) })
}

function commonFields(name: string, by: Caller, serviceSid: string | null): WebhookFields {
  return {
    EventType: name,
    AccountSid: by.accountSid,
    InstanceSid: serviceSid,
    Source: by.kind === 'user' ? 'SDK' : 'API',
    ClientIdentity: by.kind === 'user' ? by.identity : null,
  }
}

function eventFields(event: ChatEvent, facts: WebhookFacts): WebhookFields {
  const removed = { DateRemoved: isoDate(event.at) }
  switch (event.type) {
    case 'message.sent':
      return { ...messageFields(event.message), RoleSid: facts.authorRoleSid }
    case 'message.updated':
      return { ...messageFields(event.message), ...updated(event.message), ModifiedBy: identityOf(event.by) }
    case 'message.removed':
      return {
        ...messageFields(event.message),
        ...updated(event.message),
        RemovedBy: identityOf(event.by),
        ...removed,
      }
    case 'channel.created':
      return channelFields(event.channel)
    case 'channel.updated':
      return { ...channelFields(event.channel), ...updated(event.channel) }
    case 'channel.removed':
      return { ...channelFields(event.channel), ...updated(event.channel), ...removed }
    case 'member.added':
      return {
        ...memberFields(event.member),
        Reason: isUser(event.by, event.serviceSid, event.member.identity) ? 'JOINED' : 'ADDED',
      }
    case 'member.updated':
      return { ...memberFields(event.member), ...updated(event.member), ...readHorizon(event.member) }
    case 'member.removed':
      return {
        ...memberFields(event.member),
        ...updated(event.member),
        Reason: isUser(event.by, event.serviceSid, event.member.identity) ? 'LEFT' : 'REMOVED',
        ...removed,
      }
    case 'user.added':
      return { ...userFields(event.user), DateCreated: isoDate(event.user.createdAt) }
    case 'user.updated':
      return {
        ...userFields(event.user),
        ...updated(event.user),
        DateCreated: isoDate(event.user.createdAt),
        ...(facts.showsReachability ? reachabilityFields(event.user) : {}),
      }
    default:
      return {}
  }
}

function intentFields(intent: Intent, caller: Caller, facts: WebhookFacts): WebhookFields {
  switch (intent.type) {
    case 'message.send':
      return {
        ChannelSid: intent.channel.sid,
        From: intent.draft.author ?? identityOf(caller),
        Body: intent.draft.body ?? '',
        Attributes: intent.draft.attributes ?? '{}',
        RoleSid: facts.authorRoleSid,
        ...mediaFields(facts.media),
      }
    case 'message.update':
      return {
        ...messageFields(intent.message),
        ...updated(intent.message),
        Body: intent.change.body ?? intent.message.body ?? '',
        Attributes: intent.change.attributes ?? intent.message.attributes,
        ModifiedBy: identityOf(caller),
      }
    case 'message.remove':
      return { ...messageFields(intent.message), ...updated(intent.message), RemovedBy: identityOf(caller) }
    case 'channel.create':
      return {
        ChannelType: intent.draft.type ?? 'public',
        FriendlyName: intent.draft.friendlyName || null,
        UniqueName: intent.draft.uniqueName || null,
        Attributes: intent.draft.attributes || '{}',
        CreatedBy: identityOf(caller),
      }
    case 'channel.update':
      return { ...channelFields({ ...intent.channel, ...given(intent.change) }), ...updated(intent.channel) }
    case 'channel.remove':
      return { ...channelFields(intent.channel), ...updated(intent.channel) }
    case 'member.add':
      return {
        ChannelSid: intent.channel.sid,
        Identity: intent.draft.identity,
        RoleSid: intent.draft.roleSid ?? facts.memberRoleSid,
        Attributes: intent.draft.attributes ?? '{}',
        Reason: isUser(caller, intent.channel.serviceSid, intent.draft.identity) ? 'JOINED' : 'ADDED',
      }
    case 'member.update':
      return { ...memberFields({ ...intent.member, ...given(intent.change) }), ...updated(intent.member) }
    case 'member.remove':
      return {
        ...memberFields(intent.member),
        ...updated(intent.member),
        Reason: isUser(caller, intent.channel.serviceSid, intent.member.identity) ? 'LEFT' : 'REMOVED',
      }
    case 'user.update':
      return { ...userFields({ ...intent.user, ...given(intent.change) }), ...updated(intent.user) }
  }
}

function updated({ updatedAt }: { updatedAt: number }): WebhookFields {
  return { DateUpdated: isoDate(updatedAt) }
}

function readHorizon(member: { lastReadIndex: number | null; lastReadAt: number | null }): WebhookFields {
  if (member.lastReadIndex === null) return {}
  return {
    LastConsumedMessageIndex: member.lastReadIndex,
    LastConsumptionTimestamp: member.lastReadAt === null ? null : isoDate(member.lastReadAt),
  }
}

/** The members of a change that were given, as they will be kept: an empty text is no name, or no attributes. */
function given<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (value === '' ? [key, key === 'attributes' ? '{}' : null] : [key, value]))
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function toParameters(fields: WebhookFields): WebhookParameters {
  return Object.entries(fields).flatMap(
    ([name, value]): WebhookParameters =>
      value === null || value === undefined ? [] : [[name, String(value)]],
  )
}
