// Beyond the vendor's API: the log of pushes, and why somebody gets none.
import { requireChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { type Diagnosis, diagnosePush } from '../../chat/push-diagnosis.ts'
import { PUSH_TYPES } from '../../chat/push-dialect.ts'
import { listPushes as list, requirePush } from '../../chat/pushes.ts'
import { requireService } from '../../chat/services.ts'
import { requireUser } from '../../chat/users.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Push } from '../../store/pushes.ts'
import { instant, oneOf, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import {
  booleanSchema,
  dateTime,
  enumSchema,
  integerSchema,
  nullable,
  object,
  resource,
  sidSchema,
  string,
  uri,
} from '../http/resource.ts'

const STATES = ['waiting', 'delivered', 'failed'] as const
const TYPES = [...PUSH_TYPES, 'badge'] as const

const push = resource(
  'Push',
  {
    sid: sidSchema('RU'),
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    channel_sid: sidSchema('CH'),
    type: enumSchema(...TYPES),
    identity: string,
    binding_sid: sidSchema('BS'),
    binding_type: string,
    credential_sid: sidSchema('CR'),
    state: enumSchema(...STATES),
    attempts: integerSchema,
    payload: object,
    response_status: nullable(integerSchema),
    reason: nullable(string),
    error_code: nullable(integerSchema),
    last_attempt: nullable(dateTime),
    duration_ms: nullable(integerSchema),
    date_created: dateTime,
    date_updated: dateTime,
    url: uri,
  },
  (p: Push, { baseUrl }) => ({
    sid: p.sid,
    account_sid: p.accountSid,
    service_sid: p.serviceSid,
    channel_sid: p.channelSid,
    type: p.type,
    identity: p.identity,
    binding_sid: p.bindingSid,
    binding_type: p.bindingType,
    credential_sid: p.credentialSid,
    state: p.state,
    attempts: p.attempts,
    payload: JSON.parse(p.payload),
    response_status: p.responseStatus,
    reason: p.reason,
    error_code: p.errorCode,
    last_attempt: p.lastAttemptAt === null ? null : isoDate(p.lastAttemptAt),
    duration_ms: p.durationMs,
    date_created: isoDate(p.createdAt),
    date_updated: isoDate(p.updatedAt),
    url: `${baseUrl}/parley/v1/Services/${p.serviceSid}/Pushes/${p.sid}`,
  }),
)

const diagnosis = resource(
  'PushDiagnosis',
  {
    service_sid: sidSchema('IS'),
    user_sid: sidSchema('US'),
    identity: string,
    channel_sid: nullable(sidSchema('CH')),
    type: enumSchema(...PUSH_TYPES),
    would_be_sent: booleanSchema,
    summary: string,
    steps: { type: 'array', items: object },
    url: uri,
  },
  ({ service, user, channelSid, type, wouldBeSent, summary, steps }: Diagnosis, { baseUrl }) => ({
    service_sid: service.sid,
    user_sid: user.sid,
    identity: user.identity,
    channel_sid: channelSid,
    type,
    would_be_sent: wouldBeSent,
    summary,
    steps: steps.map(({ step, passed, explanation, bindingSid }) => ({
      step,
      passed,
      explanation,
      binding_sid: bindingSid,
    })),
    url: `${baseUrl}/parley/v1/Services/${service.sid}/Users/${user.sid}/PushDiagnosis`,
  }),
)

const date = (name: string) =>
  instant(() => errors.invalidParameter(name, 'an ISO 8601 date with a zone')).optional

export const listPushes = listOperation({
  id: 'ListPush',
  summary: 'List the pushes of a service, oldest first unless ordered otherwise',
  path: '/parley/v1/Services/:ServiceSid/Pushes',
  key: 'pushes',
  maxPageSize: 100,
  tokens: sidTokens('RU'),
  query: {
    State: oneOf(STATES).optional,
    Type: oneOf(TYPES).optional,
    Identity: text.optional,
    ChannelSid: sid('CH').optional,
    CreatedFrom: date('CreatedFrom'),
    CreatedBefore: date('CreatedBefore'),
    Order: oneOf(['asc', 'desc']).optional,
  },
  async run({ chat, caller, path, query, page }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const filter = {
      state: query.State,
      type: query.Type,
      identity: query.Identity,
      channelSid: query.ChannelSid,
      createdFrom: query.CreatedFrom,
      createdBefore: query.CreatedBefore,
    }
    return list(chat, service, filter, query.Order ?? 'asc', page)
  },
  resource: push,
})

export const fetchPush = operation({
  id: 'FetchPush',
  summary: 'Fetch a push with its payload and what the provider said last',
  method: 'GET',
  path: '/parley/v1/Services/:ServiceSid/Pushes/:Sid',
  status: 200,
  async run({ chat, caller, path }) {
    return requirePush(chat, await requireService(chat, caller, path.ServiceSid), path.Sid)
  },
  resource: push,
})

export const fetchPushDiagnosis = operation({
  id: 'FetchPushDiagnosis',
  summary: 'Tell step by step why a user gets no push, or that nothing is in the way',
  method: 'GET',
  path: '/parley/v1/Services/:ServiceSid/Users/:UserSid/PushDiagnosis',
  status: 200,
  query: { Type: oneOf(PUSH_TYPES).optional, ChannelSid: text.optional },
  async run({ chat, caller, path, query }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const user = await requireUser(chat, service, path.UserSid)
    const channel =
      query.ChannelSid === undefined
        ? null
        : await requireChannel(chat, caller, service.sid, query.ChannelSid)
    return diagnosePush(chat, service, user, query.Type ?? 'new_message', channel)
  },
  resource: diagnosis,
})
