// Webhooks of one channel (rest-v2.md §2.11): stored and checked here, called by delivery.
import { newSid, readSid } from '../lib/sid.ts'
import {
  type ChannelWebhook,
  type ChannelWebhookType,
  countChannelWebhooks,
  findChannelWebhook,
  insertChannelWebhook,
  listChannelWebhooks as queryWebhooks,
  deleteChannelWebhook as removeWebhook,
  updateChannelWebhook as saveWebhook,
} from '../store/channel-webhooks.ts'
import { type Channel, lockChannel } from '../store/channels.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import type { Caller } from './caller.ts'
import { applyChange } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Limits } from './limits.ts'
import { requireAccount } from './permissions.ts'
import { isLongerThan, isWebUrl } from './values.ts'

/** `filters` are event names of the facade that sets them; `retryCount` 0 to 3. */
type WebhookChange = {
  url?: string
  method?: string
  filters?: string[]
  triggers?: string[]
  flowSid?: string
  retryCount?: number
}
export type WebhookDraft = WebhookChange & { type: ChannelWebhookType }

/** Throws webhookNotFound. */
export async function requireWebhook(chat: Chat, channel: Channel, text: string): Promise<ChannelWebhook> {
  const sid = readSid('WH', text)
  const webhook = sid && (await findChannelWebhook(chat.db, channel.sid, sid))
  if (!webhook) throw errors.webhookNotFound()
  return webhook
}

export function listWebhooks(chat: Chat, channel: Channel, page: PageRequest): Promise<Page<ChannelWebhook>> {
  return queryWebhooks(chat.db, channel.sid, page)
}

/** At most five in a channel. Throws tooManyWebhooks and the errors of single values. */
export async function createWebhook(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  draft: WebhookDraft,
): Promise<ChannelWebhook> {
  requireAccount(caller)
  const columns = checkColumns(draft.type, draft, chat.limits)
  requireComplete(draft.type, columns)
  return commit(
    chat,
    { by: caller, serviceSid: channel.serviceSid, budget: null },
    async (tx, _emit, now) => {
      if (!(await lockChannel(tx, channel.sid))) throw errors.channelNotFound()
      if ((await countChannelWebhooks(tx, channel.sid)) >= chat.limits.channelWebhooks)
        throw errors.tooManyWebhooks()
      const webhook: ChannelWebhook = {
        sid: newSid('WH'),
        serviceSid: channel.serviceSid,
        channelSid: channel.sid,
        type: draft.type,
        url: columns.url ?? null,
        method: columns.method ?? (draft.type === 'studio' ? null : 'POST'),
        filters: columns.filters ?? null,
        triggers: columns.triggers ?? null,
        flowSid: columns.flowSid ?? null,
        retryCount: columns.retryCount ?? (draft.type === 'studio' ? null : 0),
        createdAt: now,
        updatedAt: now,
      }
      await insertChannelWebhook(tx, webhook)
      return webhook
    },
  )
}

/** The type cannot change. Throws webhookNotFound and the errors of single values. */
export async function updateWebhook(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  webhook: ChannelWebhook,
  change: WebhookChange,
): Promise<ChannelWebhook> {
  requireAccount(caller)
  const columns = checkColumns(webhook.type, change, chat.limits)
  return commit(
    chat,
    { by: caller, serviceSid: channel.serviceSid, budget: null },
    async (tx, _emit, now) => {
      if (!(await lockChannel(tx, channel.sid))) throw errors.channelNotFound()
      const current = await findChannelWebhook(tx, channel.sid, webhook.sid)
      if (!current) throw errors.webhookNotFound()
      const applied = applyChange(current, columns)
      requireComplete(current.type, applied.row)
      if (!applied.changed) return current
      const updated = { ...applied.row, updatedAt: now }
      await saveWebhook(tx, updated)
      return updated
    },
  )
}

export async function deleteWebhook(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  webhook: ChannelWebhook,
): Promise<void> {
  requireAccount(caller)
  await commit(chat, { by: caller, serviceSid: channel.serviceSid, budget: null }, async (tx) => {
    if (!(await removeWebhook(tx, channel.sid, webhook.sid))) throw errors.webhookNotFound()
  })
}

/** The columns that belong to the type; what belongs to another type is ignored. */
function checkColumns(
  type: ChannelWebhookType,
  given: WebhookChange,
  limits: Limits,
): Partial<ChannelWebhook> {
  const { retryCount } = given
  if (retryCount !== undefined && !(retryCount >= 0 && retryCount <= limits.webhookRetries)) {
    throw errors.invalidWebhookRetryCount()
  }
  if (type === 'studio') return { flowSid: given.flowSid, retryCount }
  const target = { url: checkUrl(given.url, limits), method: given.method, retryCount }
  if (type === 'webhook') return { ...target, filters: checkFilters(given.filters) }
  return { ...target, triggers: checkTriggers(given.triggers, limits) }
}

function checkUrl(url: string | undefined, limits: Limits): string | undefined {
  if (url === undefined) return undefined
  if (url === '') throw errors.webhookUrlMissing()
  if (isLongerThan(url, limits.webhookUrl)) throw errors.webhookUrlTooLong()
  if (!isWebUrl(url)) throw errors.invalidWebhookUrl()
  return url
}

function checkFilters(filters: string[] | undefined): string | undefined {
  if (filters === undefined) return undefined
  if (filters.length === 0) throw errors.webhookFilterMissing()
  return JSON.stringify([...new Set(filters)])
}

function checkTriggers(triggers: string[] | undefined, limits: Limits): string | undefined {
  if (triggers === undefined) return undefined
  if (triggers.length > limits.webhookTriggers) throw errors.tooManyTriggers()
  if (triggers.some((trigger) => trigger === '')) throw errors.invalidWebhookTrigger()
  return JSON.stringify(triggers)
}

function requireComplete(type: ChannelWebhookType, w: Partial<ChannelWebhook>): void {
  if (type === 'studio') {
    if (!w.flowSid) throw errors.invalidWebhookFlowSid()
    return
  }
  if (!w.url) throw errors.webhookUrlMissing()
  if (type === 'webhook' && !w.filters) throw errors.webhookFilterMissing()
  if (type === 'trigger' && !w.triggers) throw errors.webhookTriggerMissing()
}
