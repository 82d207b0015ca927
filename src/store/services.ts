import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { sql } from './sql.ts'

export type Service = {
  sid: Sid<'IS'>
  accountSid: Sid<'AC'>
  friendlyName: string
  defaultServiceRoleSid: Sid<'RL'>
  defaultChannelRoleSid: Sid<'RL'>
  defaultChannelCreatorRoleSid: Sid<'RL'>
  readStatusEnabled: number
  reachabilityEnabled: number
  /** Seconds. */
  typingIndicatorTimeout: number
  /** Seconds. */
  consumptionReportInterval: number
  channelMembersLimit: number
  userChannelsLimit: number
  preWebhookUrl: string | null
  postWebhookUrl: string | null
  webhookMethod: string | null
  /** JSON: a list of event names, or null for none. */
  webhookFilters: string | null
  preWebhookRetryCount: number
  postWebhookRetryCount: number
  /** JSON: NotificationSettings of chat/notification-settings.ts. */
  notifications: string
  mediaSizeLimitMb: number
  mediaCompatibilityMessage: string
  deleted: number
  createdAt: number
  updatedAt: number
}

export function findService(
  db: Queryable,
  accountSid: Sid<'AC'>,
  sid: Sid<'IS'>,
): Promise<Service | undefined> {
  return db.one<Service>(sql`
    select * from services where sid = ${sid} and account_sid = ${accountSid} and deleted = 0`)
}

/** For use where the account has been checked before. */
export function findServiceBySid(db: Queryable, sid: Sid<'IS'>): Promise<Service | undefined> {
  return db.one<Service>(sql`select * from services where sid = ${sid} and deleted = 0`)
}

/** As findServiceBySid, for what is asked with every message: what another process changes may take a moment to be seen. */
export function findKeptService(db: Queryable, sid: Sid<'IS'>): Promise<Service | undefined> {
  return db.cached<Service>(['services'], sql`select * from services where sid = ${sid} and deleted = 0`)
}

/** The service, kept from being changed or deleted until the transaction ends. */
export function holdService(tx: Tx, sid: Sid<'IS'>): Promise<Service | undefined> {
  return tx.one<Service>(sql`select * from services where sid = ${sid} and deleted = 0 ${tx.forShare}`)
}

/** Where a service is told of things; asked for every action, so it reads no more than that. Undefined for an unknown service. */
export function findWebhookUse(
  db: Queryable,
  sid: Sid<'IS'>,
  channelSid: Sid<'CH'> | null,
): Promise<
  { hasPre: number | boolean; hasPost: number | boolean; channelHasOwn: number | boolean } | undefined
> {
  return db.cached(
    ['services', 'channel_webhooks'],
    sql`
    select pre_webhook_url is not null as has_pre, post_webhook_url is not null as has_post,
      exists (select 1 from channel_webhooks where channel_sid = ${channelSid}) as channel_has_own
    from services where sid = ${sid} and deleted = 0`,
  )
}

/** The service, locked until the transaction ends. */
export function lockService(tx: Tx, sid: Sid<'IS'>): Promise<Service | undefined> {
  return tx.one<Service>(sql`select * from services where sid = ${sid} and deleted = 0 ${tx.forUpdate}`)
}

export async function listServices(
  db: Queryable,
  accountSid: Sid<'AC'>,
  page: PageRequest,
): Promise<Page<Service>> {
  const rows = await db.many<Service>(sql`
    select * from services where account_sid = ${accountSid} and deleted = 0 ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (service) => service.sid)
}

export async function insertService(tx: Tx, s: Service): Promise<void> {
  await tx.run(sql`
    insert into services (sid, account_sid, friendly_name, default_service_role_sid, default_channel_role_sid,
      default_channel_creator_role_sid, read_status_enabled, reachability_enabled, typing_indicator_timeout,
      consumption_report_interval, channel_members_limit, user_channels_limit, pre_webhook_url, post_webhook_url,
      webhook_method, webhook_filters, pre_webhook_retry_count, post_webhook_retry_count, notifications,
      media_size_limit_mb, media_compatibility_message, deleted, created_at, updated_at)
    values (${s.sid}, ${s.accountSid}, ${s.friendlyName}, ${s.defaultServiceRoleSid}, ${s.defaultChannelRoleSid},
      ${s.defaultChannelCreatorRoleSid}, ${s.readStatusEnabled}, ${s.reachabilityEnabled}, ${s.typingIndicatorTimeout},
      ${s.consumptionReportInterval}, ${s.channelMembersLimit}, ${s.userChannelsLimit}, ${s.preWebhookUrl}, ${s.postWebhookUrl},
      ${s.webhookMethod}, ${s.webhookFilters}, ${s.preWebhookRetryCount}, ${s.postWebhookRetryCount}, ${s.notifications},
      ${s.mediaSizeLimitMb}, ${s.mediaCompatibilityMessage}, ${s.deleted}, ${s.createdAt}, ${s.updatedAt})`)
}

export async function updateService(tx: Tx, s: Service): Promise<void> {
  await tx.run(sql`
    update services set friendly_name = ${s.friendlyName}, default_service_role_sid = ${s.defaultServiceRoleSid},
      default_channel_role_sid = ${s.defaultChannelRoleSid},
      default_channel_creator_role_sid = ${s.defaultChannelCreatorRoleSid},
      read_status_enabled = ${s.readStatusEnabled}, reachability_enabled = ${s.reachabilityEnabled},
      typing_indicator_timeout = ${s.typingIndicatorTimeout},
      consumption_report_interval = ${s.consumptionReportInterval},
      channel_members_limit = ${s.channelMembersLimit}, user_channels_limit = ${s.userChannelsLimit},
      pre_webhook_url = ${s.preWebhookUrl}, post_webhook_url = ${s.postWebhookUrl},
      webhook_method = ${s.webhookMethod}, webhook_filters = ${s.webhookFilters},
      pre_webhook_retry_count = ${s.preWebhookRetryCount}, post_webhook_retry_count = ${s.postWebhookRetryCount},
      notifications = ${s.notifications}, media_size_limit_mb = ${s.mediaSizeLimitMb},
      media_compatibility_message = ${s.mediaCompatibilityMessage},
      deleted = ${s.deleted}, updated_at = ${s.updatedAt}
    where sid = ${s.sid}`)
}
