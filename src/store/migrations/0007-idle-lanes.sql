-- Lanes stay for a while when nothing waits in them: those are not looked through for what is due.
drop index delivery_lanes_due;
drop index push_lanes_due;
create index delivery_lanes_due on delivery_lanes (next_at) where pending > 0;
create index push_lanes_due on push_lanes (next_at) where pending > 0;
