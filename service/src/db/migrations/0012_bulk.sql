-- One action on many emails: noted at once, carried out in the background in small transactions.

create table bulk_operation (
  id uuid primary key,
  portal_id uuid not null,
  -- Who asked: whose sight holds at each row, and who is told.
  user_id text not null,
  administrator boolean not null,
  action text not null check (action in ('retry', 'cancel', 'restore')),
  accept_duplicate boolean not null default false,
  state text not null check (state in ('gathering', 'running', 'stopped', 'done')),
  -- {view, filter} as asked for; null where emails were named, or for an undo.
  query jsonb,
  -- The moment of asking: what has changed since must not be taken for what was asked about.
  asked_at timestamptz not null default now(),
  asked_snapshot pg_snapshot not null default pg_current_snapshot(),
  -- null while the emails are being gathered.
  matched integer,
  ended_at timestamptz,
  -- Asked again with its key, it is the same operation.
  idempotency_key text,
  body_sha256 text,
  -- Of a restore: the cancel that it takes back.
  undoes uuid unique,
  -- Of a retry: when to look again what has become of its emails; null once they have all moved.
  look_at timestamptz
);
create index bulk_operation_user on bulk_operation (portal_id, user_id, asked_at);
create unique index bulk_operation_key on bulk_operation (portal_id, user_id, idempotency_key);
create index bulk_operation_open on bulk_operation (asked_at) where state in ('gathering', 'running');
create index bulk_operation_look on bulk_operation (look_at) where look_at is not null;
create index bulk_operation_age on bulk_operation (ended_at);

-- At most 1,000 emails each, carried out by one transaction each.
create table bulk_chunk (
  operation_id uuid not null references bulk_operation on delete cascade,
  no integer not null,
  email_ids uuid[] not null,
  -- Beside each email: '' where it was done, or why it was skipped; null until the chunk was carried out.
  results text[],
  done integer not null default 0,
  skipped jsonb not null default '{}',
  -- The operation was stopped before it was carried out.
  stopped boolean not null default false,
  -- Of a retry: the emails that have not moved since, and how many ended how.
  waiting_ids uuid[] not null default '{}',
  mail_waiting integer not null generated always as (cardinality(waiting_ids)) stored,
  mail_sent integer not null default 0,
  mail_failed integer not null default 0,
  mail_cancelled integer not null default 0,
  primary key (operation_id, no)
);
create index bulk_chunk_open on bulk_chunk (operation_id, no) where results is null and not stopped;
create index bulk_chunk_waiting on bulk_chunk (operation_id) where mail_waiting > 0;

-- Whether a row version is younger than the snapshot. A row shows the lower half of its transaction's number: the upper
-- one is that of now, or the one before where that would lie ahead.
create function changed_since(row_xmin xid, asked pg_snapshot) returns boolean language sql stable as $$
  select not pg_visible_in_snapshot(
    (case when guess >= next then greatest(guess - 4294967296, 0) else guess end)::text::xid8, asked)
  from (
    select next, (next >> 32 << 32) + row_xmin::text::bigint as guess
    from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next) now
  ) guessed
$$;

-- How far a bulk operation is: told to the one who asked for it.
alter table outbox_change add bulk_id uuid, add user_id text;

create function note_bulk_inserted() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, bulk_id, user_id) select portal_id, id, user_id from after_rows;
  perform pg_notify('outbox_change', '');
  perform pg_notify('bulk_work', '');
  return null;
end $$;
create trigger note_inserted after insert on bulk_operation
  referencing new table as after_rows for each statement execute function note_bulk_inserted();

-- When to look again concerns nobody.
create function note_bulk_updated() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, bulk_id, user_id)
  select a.portal_id, a.id, a.user_id from after_rows a join before_rows b using (id)
  where (a.state, a.matched) is distinct from (b.state, b.matched);
  if found then
    perform pg_notify('outbox_change', '');
    perform pg_notify('bulk_work', '');
  end if;
  return null;
end $$;
create trigger note_updated after update on bulk_operation
  referencing old table as before_rows new table as after_rows for each statement execute function note_bulk_updated();

create function note_bulk_chunk_changed() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, bulk_id, user_id)
  select o.portal_id, o.id, o.user_id from bulk_operation o
  where o.id in (select operation_id from after_rows);
  perform pg_notify('outbox_change', '');
  return null;
end $$;
create trigger note_updated after update on bulk_chunk
  referencing new table as after_rows for each statement execute function note_bulk_chunk_changed();
