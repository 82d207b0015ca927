-- Who sent a message as a member: clients find the member by it. Null for messages of back ends, and for older ones.
alter table messages add column member_sid text;
