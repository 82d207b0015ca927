-- Clients that come back ask for what has changed after the event number that they know.
create index members_by_event on members (channel_sid, last_event);
-- New messages are found by their index, so sending one does not pay for this.
create index messages_by_change on messages (channel_sid, last_event) where last_event > created_event;
create index user_channels_by_event on user_channels (user_sid, last_event);

-- For the presence of users, which starts over with every start of the server.
create index users_online on users (sid) where is_online = 1;
