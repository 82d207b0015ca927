-- A medium's row is there before its file and goes after it, so that no file can be forgotten.
-- uploaded_at: null while the file comes in. discarded: nobody sees it any more; the file is to be deleted, then the row.

alter table media add column category text not null default 'media';
alter table media add column uploaded_at bigint;
alter table media add column discarded integer not null default 0;
update media set uploaded_at = created_at;
create index media_by_message on media (message_sid) where message_sid is not null;
create index media_unattached on media (created_at) where message_sid is null and discarded = 0;
create index media_discarded on media (sid) where discarded = 1;
