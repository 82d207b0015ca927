-- Clients that come back ask for what has changed after the event number that they know.
create index messages_by_event on messages (channel_sid, last_event);
create index members_by_event on members (channel_sid, last_event);
create index user_channels_by_event on user_channels (user_sid, last_event);

-- For the presence of users, which starts over with every start of the server.
create index users_online on users (sid) where is_online = 1;
