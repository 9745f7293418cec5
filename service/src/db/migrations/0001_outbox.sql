-- The emails that have not left, and everything an attempt needs. Every row carries its portal.

create table connector (
  id uuid primary key,
  portal_id uuid not null,
  name text not null,
  host text not null,
  port integer not null,
  security text not null check (security in ('none', 'opportunistic', 'starttls', 'tls')),
  username text,
  -- AES-256-GCM, see db/encrypted-secret.ts
  password_encrypted bytea,
  max_connections integer not null,
  messages_per_connection integer not null,
  enabled boolean not null default false,
  disabled_by text check (disabled_by in ('administrator', 'credentials_refused')),
  -- The breaker: while paused nothing is dispatched; afterwards one probe at a time until one gets through.
  paused_until timestamptz,
  trouble_count integer not null default 0,
  trouble_cause text,
  trouble_reply text not null default '',
  revision bigint not null default 1,
  unique (portal_id, name)
);

create table settings (
  portal_id uuid primary key,
  retry_delays_seconds integer[] not null,
  max_email_bytes bigint not null,
  revision bigint not null default 1
);

-- The hot table: narrow, one row an email, the only authority on who may do what.
create table outbox_email (
  id uuid primary key,
  portal_id uuid not null,
  connector_id uuid not null,
  state text not null check (state in ('waiting', 'dispatched', 'claimed', 'failed', 'cancelled', 'sent')),
  -- Raised by dispatch, cancel and retry: whatever was under way for an older number hits nothing.
  attempt_no integer not null default 0,
  attempt_id uuid,
  nonce uuid,
  publication integer not null default 0,
  published_at timestamptz,
  claim_token uuid,
  worker_id uuid,
  lease_until timestamptz,
  due_at timestamptz not null,
  -- importance * 2, plus 1 for retries and bulk: see outbox/lanes.ts
  lane smallint not null,
  -- How many delays of the retry pattern are used up.
  series_position smallint not null default 0,
  send_count integer not null default 0,
  retry_asked boolean not null default false,
  may_have_been_sent boolean not null default false,
  -- Healthy mail does not flicker through the page: listed at list_at, or once it has failed.
  listed boolean not null,
  list_at timestamptz not null,
  -- Raised by every change that a reader can see.
  version bigint not null default 1,
  submitted_at timestamptz not null default now(),
  first_failed_at timestamptz,
  last_attempt_at timestamptz,
  last_cause text,
  last_reply text not null default '',
  cancelled_from text,
  cancelled_by text,
  -- When it was sent or cancelled.
  left_at timestamptz,
  author_id text,
  from_name text not null,
  from_address text not null,
  first_recipient_name text not null,
  first_recipient_address text not null,
  recipient_count integer not null,
  subject text not null,
  importance text not null check (importance in ('high', 'normal', 'low')),
  packet_ref text,
  packet_type text,
  attachment_count integer not null,
  -- Estimated bytes of the composed message.
  size bigint not null
) with (fillfactor = 70);

create index outbox_email_due on outbox_email (connector_id, lane, due_at, id) where state = 'waiting';
create index outbox_email_in_flight on outbox_email (connector_id, state) where state in ('dispatched', 'claimed');
create index outbox_email_unlisted on outbox_email (list_at) where not listed;
create index outbox_email_newest on outbox_email (portal_id, submitted_at, id) where listed and state <> 'cancelled';
create index outbox_email_author on outbox_email (portal_id, author_id, submitted_at, id)
  where listed and state <> 'cancelled';

-- Emails that were sent; the same columns in the same order as outbox_email, in every migration.
create table email_archive (like outbox_email including defaults, primary key (id));
create index email_archive_packet on email_archive (portal_id, packet_ref) where packet_ref is not null;

create table email_content (
  email_id uuid primary key,
  portal_id uuid not null,
  message_id text not null,
  -- The Date header: the same at every attempt.
  date timestamptz not null,
  reply_to_name text,
  reply_to_address text,
  in_reply_to text,
  reference_ids text[] not null,
  text text,
  html text
);

create table email_recipient (
  email_id uuid not null,
  position smallint not null,
  kind text not null check (kind in ('to', 'cc', 'bcc')),
  name text not null,
  address text not null,
  state text not null default 'open' check (state in ('open', 'delivered', 'refused')),
  reply text not null default '',
  primary key (email_id, position)
);

create table attachment (
  id uuid primary key,
  portal_id uuid not null,
  size bigint not null,
  -- Hex; empty while the upload is under way.
  sha256 text,
  created_at timestamptz not null default now()
);

create table attachment_chunk (
  attachment_id uuid not null references attachment on delete cascade,
  position integer not null,
  bytes bytea not null,
  primary key (attachment_id, position)
);
-- Attachments are mostly compressed already.
alter table attachment_chunk alter column bytes set storage external;

create table email_attachment (
  email_id uuid not null,
  position smallint not null,
  attachment_id uuid not null,
  file_name text not null,
  content_type text not null,
  content_id text,
  primary key (email_id, position)
);
create index email_attachment_attachment on email_attachment (attachment_id);

-- History: one row an attempt, written by the statement that moves the email.
create table send_attempt (
  id uuid primary key,
  email_id uuid not null,
  portal_id uuid not null,
  connector_id uuid not null,
  attempt_no integer not null,
  started_at timestamptz not null default now(),
  claimed_at timestamptz,
  ended_at timestamptz,
  duration_ms integer,
  worker_id uuid,
  result text,
  phase text,
  code integer,
  enhanced_code text,
  reply text not null default '',
  cause text
);
create index send_attempt_email on send_attempt (email_id, attempt_no);

-- Answers a submission that is asked again with its key, for the life of the emails.
create table submission (
  portal_id uuid not null,
  idempotency_key text not null,
  body_sha256 text not null,
  email_ids uuid[] not null,
  created_at timestamptz not null default now(),
  primary key (portal_id, idempotency_key)
);
