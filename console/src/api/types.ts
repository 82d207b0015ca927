// The resources as the API writes them; only what the console reads.

export type Account = { sid: string; url: string; socket_url: string }

export type Service = {
  sid: string
  friendly_name: string
  date_created: string
  default_service_role_sid: string
  default_channel_role_sid: string
  default_channel_creator_role_sid: string
  read_status_enabled: boolean
  reachability_enabled: boolean
  typing_indicator_timeout: number
  consumption_report_interval: number
  limits: { channel_members: number; user_channels: number }
  pre_webhook_url: string | null
  post_webhook_url: string | null
  webhook_method: string | null
  webhook_filters: string[] | null
  pre_webhook_retry_count: number
  post_webhook_retry_count: number
  notifications: Record<string, unknown>
  media: { size_limit_mb: number; compatibility_message: string }
}

export type Channel = {
  sid: string
  unique_name: string | null
  friendly_name: string | null
  attributes: string
  type: 'public' | 'private'
  created_by: string
  date_created: string
  date_updated: string
  members_count: number
  messages_count: number
}

export type Member = {
  sid: string
  identity: string
  role_sid: string
  attributes: string
  last_consumed_message_index: number | null
  last_consumption_timestamp: string | null
  date_created: string
}

export type Media = { sid: string; size: number; content_type: string; filename: string | null }

export type MediaRecord = { links: { content_direct_temporary: string } }

export type Message = {
  sid: string
  index: number
  from: string
  body: string
  attributes: string
  type: 'text' | 'media'
  media: Media | null
  was_edited: boolean
  date_created: string
}

export type User = {
  sid: string
  identity: string
  friendly_name: string | null
  attributes: string
  role_sid: string
  is_online: boolean | null
  is_notifiable: boolean | null
  joined_channels_count: number
  date_created: string
}

export type UserChannel = {
  channel_sid: string
  status: string
  last_consumed_message_index: number | null
  unread_messages_count: number | null
  notification_level: string
}

export type Binding = {
  sid: string
  binding_type: string
  endpoint: string
  credential_sid: string
  message_types: string[]
  date_created: string
}

export type Role = {
  sid: string
  friendly_name: string
  type: 'channel' | 'deployment'
  permissions: string[]
}

export type Credential = {
  sid: string
  friendly_name: string | null
  type: 'gcm' | 'apn' | 'fcm'
  sandbox: string | null
  date_created: string
}

export type Delivery = {
  sid: string
  channel_sid: string | null
  event: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  request: { url: string; method: string; parameters: Record<string, string>; idempotency_token: string }
  response: { status: number; body: string | null } | null
  error: string | null
  duration_ms: number | null
  last_attempt: string | null
  date_created: string
}

export type Sample = {
  date: string
  connections: number
  messages_per_second: number
  requests_per_second: number
  p50_ms: number | null
  p95_ms: number | null
  queue_depth: number
  memory_bytes: number
}

export type MintedToken = { token: string; identity: string; date_expires: string }

export type Push = {
  sid: string
  type: string
  identity: string
  channel_sid: string
  binding_type: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  payload: object
  response_status: number | null
  reason: string | null
  error_code: number | null
  last_attempt: string | null
  duration_ms: number | null
  date_created: string
}

export type PushDiagnosis = {
  would_be_sent: boolean
  summary: string
  steps: { step: string; passed: boolean; explanation: string; binding_sid: string | null }[]
}
