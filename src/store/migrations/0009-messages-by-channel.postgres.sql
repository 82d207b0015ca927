-- Messages of a channel are found by their place: the number of the channel and the index therein, as with the embedded
-- engine, which keeps them together (decision 18). Here rows and indexes become smaller.
create sequence channel_numbers;
alter table channels add column number bigint;
update channels set number = nextval('channel_numbers');
alter table channels alter column number set not null;
create unique index channels_by_number on channels (number);

alter table messages add column place bigint;
update messages m set place = (c.number << 32) + m.message_index from channels c where c.sid = m.channel_sid;
delete from messages where place is null;
alter table messages drop constraint messages_pkey;
drop index messages_by_index;
drop index messages_deleted;
drop index messages_by_change;
alter table messages drop column service_sid;
alter table messages drop column channel_sid;
alter table messages add primary key (place);
create unique index messages_by_sid on messages (sid);
create index messages_deleted on messages ((place >> 32), message_index) where deleted = 1;
create index messages_by_change on messages ((place >> 32), last_event) where last_event > created_event;
