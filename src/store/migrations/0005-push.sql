-- Push notifications. What has happened waits in push_events until it is known whom to tell; then every device that
-- is to be told has a row in pushes, which is a job while it waits, and the log once it is over.

-- A device is its address: whoever registers it again takes it over.
-- dialect names the product whose SDK registered it, badge is the last number that was queued for it.
alter table bindings add column dialect text not null default 'chat';
alter table bindings add column badge integer;
delete from bindings where sid not in (
  select newest from (select max(sid) as newest from bindings group by service_sid, binding_type, address) as kept);
create unique index bindings_by_address on bindings (service_sid, binding_type, address);

-- position is how far the list of recipients has been worked off.
create table push_events (
  sid text primary key,
  service_sid text not null,
  channel_sid text not null,
  user_sid text,
  type text not null,
  roster_event bigint not null,
  facts text not null,
  position text not null,
  created_at bigint not null
);
create index push_events_by_service on push_events (service_sid);

create table pushes (
  sid text primary key,
  account_sid text not null,
  service_sid text not null,
  channel_sid text not null,
  event_sid text not null,
  type text not null,
  binding_sid text not null,
  binding_type text not null,
  identity text not null,
  credential_sid text not null,
  lane text not null,
  seq bigint not null,
  target text not null,
  payload text not null,
  logged integer not null,
  state text not null,
  attempts integer not null default 0,
  last_attempt_at bigint,
  duration_ms integer,
  response_status integer,
  reason text,
  error_code integer,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index pushes_once on pushes (event_sid, binding_sid);
create index pushes_waiting on pushes (lane, seq) where state = 'waiting';
create index pushes_by_service on pushes (service_sid, sid);
create index pushes_by_binding on pushes (binding_sid, sid);
create index pushes_by_age on pushes (updated_at) where state <> 'waiting';

-- As delivery_lanes: one lane for each device.
create table push_lanes (
  lane text primary key,
  target text not null,
  last_seq bigint not null,
  pending integer not null,
  next_at bigint not null,
  leased_until bigint not null,
  lease text
);
create index push_lanes_due on push_lanes (next_at);
