-- Messages of a channel lie together, in the order of their indexes: a page of them is a few blocks of the file instead
-- of one for each message (decision 18). The place of a message is the number of its channel and its
-- index therein, so the row names neither the channel nor its service.
alter table channels add column number bigint not null default 0;
update channels set number = rowid;
create unique index channels_by_number on channels (number);
-- The sequence from which new channels take theirs: no number comes twice.
create table channel_numbers (last bigint not null);
insert into channel_numbers select coalesce(max(number), 0) from channels;

create table messages_by_place (
  place integer primary key,
  sid text not null,
  message_index bigint not null,
  author text not null,
  member_sid text,
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
-- In this order every row goes to the end of the table; `cross` keeps the channels in front.
insert into messages_by_place
  select (c.number << 32) + m.message_index, m.sid, m.message_index, m.author, m.member_sid, m.body,
    m.attributes, m.media, m.was_edited, m.last_updated_by, m.created_event, m.last_event, m.deleted, m.created_at, m.updated_at
  from channels c cross join messages m on m.channel_sid = c.sid
  order by c.number, m.message_index;
drop table messages;
alter table messages_by_place rename to messages;
create unique index messages_by_sid on messages (sid);
create index messages_deleted on messages ((place >> 32), message_index) where deleted = 1;
create index messages_by_change on messages ((place >> 32), last_event) where last_event > created_event;
