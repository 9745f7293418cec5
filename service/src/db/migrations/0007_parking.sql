-- Publications of the present attempt that nobody claimed while mail published later was: see db/unclaimed-attempts.ts.
alter table outbox_email add overtaken smallint not null default 0;
alter table email_archive add overtaken smallint not null default 0;

create index send_attempt_claimed on send_attempt (connector_id, started_at) where claimed_at is not null;
