-- Since when a connector is in trouble without a break: what an alarm looks at.
alter table connector add trouble_since timestamptz;
