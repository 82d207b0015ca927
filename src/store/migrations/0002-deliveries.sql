-- Webhook deliveries: a row is a job while it waits, and the log once it is over.

create table deliveries (
  sid text primary key,
  account_sid text not null,
  service_sid text not null,
  channel_sid text,
  webhook_sid text,
  event text not null,
  lane text not null,
  seq bigint not null,
  target text not null,
  url text not null,
  method text not null,
  parameters text not null,
  idempotency_token text not null,
  retry_limit integer not null,
  state text not null,
  attempts integer not null default 0,
  retries integer not null default 0,
  last_attempt_at bigint,
  duration_ms integer,
  response_status integer,
  response_body text,
  error text,
  created_at bigint not null,
  updated_at bigint not null
);
create index deliveries_waiting on deliveries (lane, seq) where state = 'waiting';
create index deliveries_by_service on deliveries (service_sid, sid);
create index deliveries_failed on deliveries (service_sid, sid) where state = 'failed';
create index deliveries_by_age on deliveries (updated_at) where state <> 'waiting';

-- One lane for each channel (or user) and target: its deliveries go out one after the other.
-- pending counts the lane's waiting deliveries; a lane without any is deleted.
create table delivery_lanes (
  lane text primary key,
  target text not null,
  last_seq bigint not null,
  pending integer not null,
  next_at bigint not null,
  leased_until bigint not null,
  lease text
);
create index delivery_lanes_due on delivery_lanes (next_at);
