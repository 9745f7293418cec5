-- What changed, written by triggers in the transaction that changed it, so that no statement can forget it.
-- Read in (xid, seq) order below the oldest running transaction, so that resuming never skips a change.

create table outbox_change (
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  portal_id uuid not null,
  email_id uuid,
  connector_id uuid,
  -- What visibility needs once the row is gone.
  author_id text,
  packet_ref text,
  -- Set when the email left the outbox.
  left_as text check (left_as in ('sent', 'cancelled')),
  created_at timestamptz not null default now(),
  primary key (xid, seq)
);
create index outbox_change_age on outbox_change (created_at);

create function note_email_inserted() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, email_id, author_id, packet_ref)
  select portal_id, id, author_id, packet_ref from after_rows where listed;
  if found then perform pg_notify('outbox_change', ''); end if;
  if exists (select from after_rows where state = 'waiting') then perform pg_notify('outbox_due', ''); end if;
  return null;
end $$;

create function note_email_updated() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, email_id, author_id, packet_ref, left_as)
  select a.portal_id, a.id, a.author_id, a.packet_ref,
         case when a.state = 'cancelled' then 'cancelled' end
  from after_rows a join before_rows b on b.id = a.id
  where a.version <> b.version and (a.listed or b.listed);
  if found then perform pg_notify('outbox_change', ''); end if;
  if exists (
    select from after_rows a join before_rows b on b.id = a.id
    where a.state = 'waiting' and (b.state <> 'waiting' or b.due_at <> a.due_at)
  ) then perform pg_notify('outbox_due', ''); end if;
  return null;
end $$;

-- Rows leave the hot table only when they were sent; retention removes the cancelled ones.
create function note_email_deleted() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, email_id, author_id, packet_ref, left_as)
  select portal_id, id, author_id, packet_ref, 'sent' from before_rows where listed and state <> 'cancelled';
  if found then perform pg_notify('outbox_change', ''); end if;
  return null;
end $$;

create trigger note_inserted after insert on outbox_email
  referencing new table as after_rows for each statement execute function note_email_inserted();
create trigger note_updated after update on outbox_email
  referencing old table as before_rows new table as after_rows for each statement execute function note_email_updated();
create trigger note_deleted after delete on outbox_email
  referencing old table as before_rows for each statement execute function note_email_deleted();

-- One event for a connector, not one for each of its emails.
create function note_connector_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or (old.enabled, old.paused_until, old.name, old.revision)
      is distinct from (new.enabled, new.paused_until, new.name, new.revision) then
    insert into outbox_change (portal_id, connector_id) values (new.portal_id, new.id);
    perform pg_notify('outbox_change', '');
    perform pg_notify('connector_change', new.id::text);
    perform pg_notify('outbox_due', '');
  end if;
  return null;
end $$;
create trigger note_changed after insert or update on connector
  for each row execute function note_connector_changed();

create function note_directory_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('directory_change', '');
  return null;
end $$;
create trigger note_changed after insert or update or delete on directory_user
  for each statement execute function note_directory_changed();
create trigger note_changed after insert or update or delete on directory_team
  for each statement execute function note_directory_changed();
create trigger note_changed after insert or update or delete on directory_member
  for each statement execute function note_directory_changed();
create trigger note_changed after insert or update or delete on packet_user
  for each statement execute function note_directory_changed();

-- How far old changes were removed: who comes back to before it must start anew.
create table outbox_change_removed (xid xid8 not null, seq bigint not null);
insert into outbox_change_removed values ('0', 0);
