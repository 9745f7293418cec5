-- Limits of a connector, imported emails, and what a late outcome must prove.

alter table connector
  -- What happens to an email when nobody knows whether it was sent (B1).
  add on_uncertain text not null default 'hold' check (on_uncertain in ('hold', 'resend')),
  -- Messages a minute over all workers; null: no limit.
  add messages_per_minute integer check (messages_per_minute > 0),
  -- Emails in the hands of all workers together; null: no limit.
  add concurrent_sends integer check (concurrent_sends > 0),
  -- The rate as a credit of messages, as of rate_at: see outbox/send-rate.ts.
  add rate_credit double precision not null default 0,
  add rate_at timestamptz not null default now(),
  -- Messages a minute that the mail server's "slow down" left us, as of throttled_at; null: none.
  add throttle_per_minute double precision check (throttle_per_minute > 0),
  add throttled_at timestamptz;

-- Migrated from an older system (M11): never sent without a manual Retry.
alter table outbox_email add migrated boolean not null default false;
alter table email_archive add migrated boolean not null default false;

-- A late outcome of an attempt that is no longer the row's proves with these that it is the attempt's.
alter table send_attempt
  add nonce uuid,
  add claim_token uuid;
