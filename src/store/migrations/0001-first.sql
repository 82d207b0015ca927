-- One text for both engines. Sids and JSON are text, times are milliseconds, flags are 0 or 1.
--
-- Realtime clients keep what they have seen as numbers, so every object that they can watch has a counter:
--   channels.document_event   the channel document      channels.messages_event   the message list
--   channels.roster_event     the member list           users.channels_event      the user's channels
--   users.info_event          the user's own data
-- and every item in such an object keeps the number of the event that made it (created_event) and of the
-- last one that touched it (last_event). A deleted item stays as a tombstone (deleted = 1).

create table accounts (
  sid text primary key,
  auth_token text not null,
  created_at bigint not null
);

create table api_keys (
  sid text primary key,
  account_sid text not null,
  secret text not null,
  created_at bigint not null
);

create table credentials (
  sid text primary key,
  account_sid text not null,
  type text not null,
  friendly_name text,
  sandbox integer,
  certificate text,
  private_key text,
  api_key text,
  secret text,
  created_at bigint not null,
  updated_at bigint not null
);
create index credentials_by_account on credentials (account_sid, sid);

create table services (
  sid text primary key,
  account_sid text not null,
  friendly_name text not null,
  default_service_role_sid text not null,
  default_channel_role_sid text not null,
  default_channel_creator_role_sid text not null,
  read_status_enabled integer not null,
  reachability_enabled integer not null,
  typing_indicator_timeout integer not null,
  consumption_report_interval integer not null,
  channel_members_limit integer not null,
  user_channels_limit integer not null,
  pre_webhook_url text,
  post_webhook_url text,
  webhook_method text,
  webhook_filters text,
  pre_webhook_retry_count integer not null,
  post_webhook_retry_count integer not null,
  notifications text not null,
  media_size_limit_mb integer not null,
  media_compatibility_message text not null,
  deleted integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);
create index services_by_account on services (account_sid, sid) where deleted = 0;
create index services_to_purge on services (sid) where deleted = 1;

create table roles (
  sid text primary key,
  service_sid text not null,
  type text not null,
  friendly_name text not null,
  permissions text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index roles_by_service on roles (service_sid, sid);

create table users (
  sid text primary key,
  service_sid text not null,
  identity text not null,
  friendly_name text,
  attributes text not null,
  role_sid text not null,
  is_online integer,
  is_notifiable integer,
  joined_channels_count integer not null default 0,
  channels_event bigint not null default 0,
  info_event bigint not null default 0,
  friendly_name_event bigint not null default 0,
  attributes_event bigint not null default 0,
  reachability_event bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index users_by_identity on users (service_sid, identity);
create index users_by_service on users (service_sid, sid);
create index users_by_role on users (role_sid);

-- Every index below next_message_index has a row in messages, living or tombstone:
-- unread counts are taken from that (messages.ts).
create table channels (
  sid text primary key,
  service_sid text not null,
  unique_name text,
  friendly_name text,
  attributes text not null,
  type text not null,
  created_by text not null,
  messaging_service_sid text,
  members_count integer not null default 0,
  messages_count integer not null default 0,
  next_message_index bigint not null default 0,
  last_message_sid text,
  last_message_index bigint,
  last_message_at bigint,
  document_event bigint not null default 0,
  messages_event bigint not null default 0,
  roster_event bigint not null default 0,
  deleted integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);
create index channels_by_service on channels (service_sid, sid) where deleted = 0;
create unique index channels_by_unique_name on channels (service_sid, unique_name)
  where deleted = 0 and unique_name is not null;
create index channels_to_purge on channels (sid) where deleted = 1;

-- identity and user_sid are null for a member that is no chat user (a phone number, say).
create table members (
  sid text primary key,
  service_sid text not null,
  channel_sid text not null,
  user_sid text,
  identity text,
  role_sid text not null,
  attributes text not null,
  last_read_index bigint,
  last_read_at bigint,
  created_event bigint not null,
  last_event bigint not null,
  deleted integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index members_by_identity on members (channel_sid, identity) where deleted = 0;
create index members_by_channel on members (channel_sid, sid);
create index members_by_user on members (user_sid) where deleted = 0;
create index members_by_role on members (role_sid) where deleted = 0;

-- The items of "the user's channels": one for each channel the user is in or invited to.
create table user_channels (
  user_sid text not null,
  channel_sid text not null,
  status text not null,
  notification_level text not null,
  created_event bigint not null,
  last_event bigint not null,
  deleted integer not null default 0,
  primary key (user_sid, channel_sid)
);
create index user_channels_by_channel on user_channels (channel_sid);

create table messages (
  sid text primary key,
  service_sid text not null,
  channel_sid text not null,
  message_index bigint not null,
  author text not null,
  body text,
  attributes text not null,
  media text,
  was_edited integer not null default 0,
  last_updated_by text,
  created_event bigint not null,
  last_event bigint not null,
  deleted integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index messages_by_index on messages (channel_sid, message_index);
create index messages_deleted on messages (channel_sid, message_index) where deleted = 1;

create table invites (
  sid text primary key,
  service_sid text not null,
  channel_sid text not null,
  user_sid text not null,
  identity text not null,
  role_sid text not null,
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index invites_by_identity on invites (channel_sid, identity);
create index invites_by_channel on invites (channel_sid, sid);
create index invites_by_user on invites (user_sid);
create index invites_by_role on invites (role_sid);

create table bindings (
  sid text primary key,
  service_sid text not null,
  user_sid text not null,
  identity text not null,
  endpoint text not null,
  credential_sid text not null,
  binding_type text not null,
  address text not null,
  message_types text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index bindings_by_endpoint on bindings (service_sid, endpoint, binding_type);
create index bindings_by_service on bindings (service_sid, sid);
create index bindings_by_user on bindings (user_sid, sid);

create table channel_webhooks (
  sid text primary key,
  service_sid text not null,
  channel_sid text not null,
  type text not null,
  url text,
  method text,
  filters text,
  triggers text,
  flow_sid text,
  retry_count integer,
  created_at bigint not null,
  updated_at bigint not null
);
create index channel_webhooks_by_channel on channel_webhooks (channel_sid, sid);

create table media (
  sid text primary key,
  service_sid text not null,
  channel_sid text,
  message_sid text,
  author text not null,
  filename text,
  content_type text not null,
  size bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index media_by_channel on media (channel_sid);
create index media_by_service on media (service_sid);
