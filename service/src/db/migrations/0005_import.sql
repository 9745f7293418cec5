-- Imported emails, and what each user chose: the delay of Undo Send first.

-- The host's own name for an imported email: the same name again is the same email.
create table imported_email (
  portal_id uuid not null,
  external_id text not null,
  email_id uuid not null,
  primary key (portal_id, external_id)
);

-- Without a manual Retry no imported email waits, is published or claimed (M11), whatever else happens to it.
alter table outbox_email add constraint outbox_email_migrated
  check (not migrated or retry_asked or state in ('failed', 'cancelled', 'sent'));

create table user_preferences (
  portal_id uuid not null,
  user_id text not null,
  -- As the pages keep them: unknown fields survive.
  preferences jsonb not null,
  undo_seconds integer not null generated always as (coalesce((preferences->>'undoSeconds')::integer, 0)) stored,
  primary key (portal_id, user_id)
);

-- What users may choose for Undo Send, in seconds.
alter table settings add undo_choices integer[] not null default '{0,5,10,15,20,30,60,120}';

-- Due later because of its author's Undo Send, not because of a date.
alter table outbox_email add held boolean not null default false;
alter table email_archive add held boolean not null default false;

-- An import tells pages once a second that there is more, not once an email: see db/import-emails.ts.
create or replace function note_email_inserted() returns trigger language plpgsql as $$
begin
  insert into outbox_change (portal_id, email_id, author_id, packet_ref)
  select portal_id, id, author_id, packet_ref from after_rows where listed and not migrated;
  if found then perform pg_notify('outbox_change', ''); end if;
  if exists (select from after_rows where state = 'waiting') then perform pg_notify('outbox_due', ''); end if;
  return null;
end $$;
