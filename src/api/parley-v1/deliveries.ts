// Beyond the vendor's API: the log of webhook deliveries, and sending them again.
import {
  listDeliveries as list,
  replayDelivery as replay,
  replayFailed as replayAll,
  requireDelivery,
} from '../../chat/deliveries.ts'
import { errors } from '../../chat/errors.ts'
import { requireService } from '../../chat/services.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Delivery } from '../../store/deliveries.ts'
import { type FieldValues, instant, oneOf, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import {
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

const COLLECTION = '/parley/v1/Services/:ServiceSid/Deliveries'
const INSTANCE = '/parley/v1/Services/:ServiceSid/Deliveries/:Sid'
const STATES = ['waiting', 'delivered', 'failed'] as const

const delivery = resource(
  'Delivery',
  {
    sid: sidSchema('WD'),
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    channel_sid: nullable(sidSchema('CH')),
    webhook_sid: nullable(sidSchema('WH')),
    event: string,
    state: enumSchema(...STATES),
    attempts: integerSchema,
    request: object,
    response: nullable(object),
    error: nullable(string),
    last_attempt: nullable(dateTime),
    duration_ms: nullable(integerSchema),
    date_created: dateTime,
    date_updated: dateTime,
    url: uri,
  },
  (d: Delivery, { baseUrl }) => ({
    sid: d.sid,
    account_sid: d.accountSid,
    service_sid: d.serviceSid,
    channel_sid: d.channelSid,
    webhook_sid: d.webhookSid,
    event: d.event,
    state: d.state,
    attempts: d.attempts,
    request: {
      url: d.url,
      method: d.method,
      parameters: Object.fromEntries(JSON.parse(d.parameters)),
      idempotency_token: d.idempotencyToken,
      retry_limit: d.retryLimit,
    },
    response: d.responseStatus === null ? null : { status: d.responseStatus, body: d.responseBody },
    error: d.error,
    last_attempt: d.lastAttemptAt === null ? null : isoDate(d.lastAttemptAt),
    duration_ms: d.durationMs,
    date_created: isoDate(d.createdAt),
    date_updated: isoDate(d.updatedAt),
    url: `${baseUrl}/parley/v1/Services/${d.serviceSid}/Deliveries/${d.sid}`,
  }),
)

const replaySummary = resource('ReplaySummary', { replayed: integerSchema }, (replayed: number) => ({
  replayed,
}))

const filters = {
  State: oneOf(STATES).optional,
  Event: text.optional,
  ChannelSid: sid('CH').optional,
  CreatedFrom: instant(() => errors.invalidParameter('CreatedFrom', 'an ISO 8601 date with a zone')).optional,
  CreatedBefore: instant(() => errors.invalidParameter('CreatedBefore', 'an ISO 8601 date with a zone'))
    .optional,
}

const toFilter = (query: Omit<FieldValues<typeof filters>, 'State'>) => ({
  event: query.Event,
  channelSid: query.ChannelSid,
  createdFrom: query.CreatedFrom,
  createdBefore: query.CreatedBefore,
})

export const listDeliveries = listOperation({
  id: 'ListDelivery',
  summary: 'List the webhook deliveries of a service, oldest first unless ordered otherwise',
  path: COLLECTION,
  key: 'deliveries',
  maxPageSize: 100,
  tokens: sidTokens('WD'),
  query: { ...filters, Order: oneOf(['asc', 'desc']).optional },
  async run({ chat, caller, path, query, page }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return list(chat, service, { ...toFilter(query), state: query.State }, query.Order ?? 'asc', page)
  },
  resource: delivery,
})

export const fetchDelivery = operation({
  id: 'FetchDelivery',
  summary: 'Fetch a webhook delivery with its request and the last answer',
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run({ chat, caller, path }) {
    return requireDelivery(chat, await requireService(chat, caller, path.ServiceSid), path.Sid)
  },
  resource: delivery,
})

export const replayDelivery = operation({
  id: 'ReplayDelivery',
  summary: 'Send an ended delivery again',
  method: 'POST',
  path: '/parley/v1/Services/:ServiceSid/Deliveries/:Sid/Replay',
  status: 200,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return replay(chat, caller, await requireDelivery(chat, service, path.Sid))
  },
  resource: delivery,
})

export const replayFailedDeliveries = operation({
  id: 'ReplayFailedDeliveries',
  summary: 'Send every failed delivery again that fits the filters',
  method: 'POST',
  path: '/parley/v1/Services/:ServiceSid/Deliveries/Replay',
  status: 200,
  form: {
    Event: filters.Event,
    ChannelSid: filters.ChannelSid,
    CreatedFrom: filters.CreatedFrom,
    CreatedBefore: filters.CreatedBefore,
  },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return replayAll(chat, caller, service, toFilter(form))
  },
  resource: replaySummary,
})
