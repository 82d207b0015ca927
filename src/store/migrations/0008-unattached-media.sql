-- How many files of a user no message has taken yet.
create index media_unattached_of on media (service_sid, author) where message_sid is null and discarded = 0;
