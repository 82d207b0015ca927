// What each webhook tells (rest-v2.md §4.3 and appendix B).
import { type Caller, identityOf, isUser } from '../../chat/caller.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { Intent } from '../../chat/intents.ts'
import type { WebhookFacts, WebhookParameters } from '../../chat/webhook-dialect.ts'
import { isoDate } from '../../lib/iso-date.ts'
import {
  channelFields,
  dateUpdated,
  memberFields,
  messageFields,
  reachabilityFields,
  userFields,
  type WebhookFields,
} from './webhook-fields.ts'
import { intentFields } from './webhook-intent-fields.ts'
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
      return {
        ...messageFields(event.message),
        ...dateUpdated(event.message),
        ModifiedBy: identityOf(event.by),
      }
    case 'message.removed':
      return {
        ...messageFields(event.message),
        ...dateUpdated(event.message),
        RemovedBy: identityOf(event.by),
        ...removed,
      }
    case 'channel.created':
      return channelFields(event.channel)
    case 'channel.updated':
      return { ...channelFields(event.channel), ...dateUpdated(event.channel) }
    case 'channel.removed':
      return { ...channelFields(event.channel), ...dateUpdated(event.channel), ...removed }
    case 'member.added':
      return {
        ...memberFields(event.member),
        Reason: isUser(event.by, event.serviceSid, event.member.identity) ? 'JOINED' : 'ADDED',
      }
    case 'member.updated':
      return { ...memberFields(event.member), ...dateUpdated(event.member), ...readHorizon(event.member) }
    case 'member.removed':
      return {
        ...memberFields(event.member),
        ...dateUpdated(event.member),
        Reason: isUser(event.by, event.serviceSid, event.member.identity) ? 'LEFT' : 'REMOVED',
        ...removed,
      }
    case 'user.added':
      return { ...userFields(event.user), DateCreated: isoDate(event.user.createdAt) }
    case 'user.updated':
      return {
        ...userFields(event.user),
        ...dateUpdated(event.user),
        DateCreated: isoDate(event.user.createdAt),
        ...(facts.showsReachability ? reachabilityFields(event.user) : {}),
      }
    default:
      return {}
  }
}

function readHorizon(member: { lastReadIndex: number | null; lastReadAt: number | null }): WebhookFields {
  return {
    LastConsumedMessageIndex: member.lastReadIndex,
    LastConsumptionTimestamp: member.lastReadAt === null ? null : isoDate(member.lastReadAt),
  }
}

function toParameters(fields: WebhookFields): WebhookParameters {
  return Object.entries(fields).flatMap(
    ([name, value]): WebhookParameters =>
      value === null || value === undefined ? [] : [[name, String(value)]],
  )
}
