-- The list at a million emails: what it sorts, filters and searches by.

create extension if not exists pg_trgm;

-- Folded by contracts/src/fold-text.ts: subject, first recipient, sender, packet, then every other recipient.
alter table email_content add folded text[] not null default '{}';
alter table directory_user add name_key text not null default '';

-- What never changes while an email is in the list, with the columns' names of outbox_email: orders kept here cost a
-- change of state nothing, and healthy mail, which is never in the list, nothing at all.
create table listed_email (
  id uuid primary key,
  portal_id uuid not null,
  connector_id uuid not null,
  submitted_at timestamptz not null,
  author_id text,
  packet_ref text,
  packet_type text,
  importance text not null,
  attachment_count integer not null,
  -- Empty: there is none.
  author_key text collate "C" not null,
  recipient_key text collate "C" not null,
  subject_key text collate "C" not null,
  sender_key text collate "C" not null,
  packet_key text collate "C" not null
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

create index listed_email_newest on listed_email (portal_id, submitted_at, id);
create index listed_email_newest_system on listed_email (portal_id, submitted_at, id)
  include (packet_ref) where author_id is null;
create index listed_email_newest_author on listed_email (portal_id, author_id, submitted_at, id)
  where author_id is not null;
create index listed_email_newest_packet on listed_email (portal_id, packet_ref, submitted_at, id)
  where packet_ref is not null;
create index listed_email_recipient on listed_email (portal_id, recipient_key, id);
create index listed_email_subject on listed_email (portal_id, subject_key, id);
create index listed_email_author on listed_email (portal_id, author_key, id);
create index listed_email_packet on listed_email (portal_id, packet_key, id);
create index listed_email_sender on listed_email (portal_id, sender_key, id);
create index listed_email_importance on listed_email (portal_id, importance, id);
create index listed_email_packet_type on listed_email (portal_id, packet_type, id);
create index listed_email_attachment_count on listed_email (portal_id, attachment_count, id);
create index listed_email_people on listed_email (portal_id, id) where author_id is not null;
create index listed_email_system on listed_email (portal_id, id) where author_id is null;
drop index outbox_email_newest;
drop index outbox_email_author;
drop index outbox_email_packet;

-- Every text that a search looks at, but the mail server's reply: see failure_message.
create table email_search (
  email_id uuid primary key,
  portal_id uuid not null,
  text text not null
);
create index email_search_text on email_search using gin (text gin_trgm_ops);

-- Why attempts failed, each reason once: many emails fail for few. `reply` is folded, without what differs from email to email.
create table failure_message (
  portal_id uuid not null,
  key bigint not null,
  cause text not null,
  reply text collate "C" not null,
  primary key (portal_id, key)
);

create function failure_key(cause text, reply text) returns bigint immutable parallel safe strict language sql
  return ('x' || left(md5(cause || chr(10) || reply), 16))::bit(64)::bigint;

alter table outbox_email
  -- Of failure_message; 0: no attempt has failed.
  add failure_key bigint not null default 0;
alter table email_archive add failure_key bigint not null default 0;

update outbox_email set failure_key = failure_key(last_cause, lower(last_reply)) where last_cause is not null;
insert into failure_message (portal_id, key, cause, reply)
select distinct portal_id, failure_key, last_cause, lower(last_reply) from outbox_email where last_cause is not null;
alter table outbox_email add constraint outbox_email_failure check ((last_cause is null) = (failure_key = 0));

create index outbox_email_standing on outbox_email (portal_id, connector_id, progress, id)
  include (submitted_at, send_count, first_failed_at, last_attempt_at, failure_key) where listed and state <> 'cancelled';
create index outbox_email_next on outbox_email (portal_id, connector_id, progress, due_at, id)
  where listed and state in ('waiting', 'dispatched');
create index outbox_email_last_attempt on outbox_email (portal_id, last_attempt_at, id)
  where listed and state <> 'cancelled';
create index outbox_email_first_failure on outbox_email (portal_id, first_failed_at, id)
  where listed and state <> 'cancelled';
create index outbox_email_send_count on outbox_email (portal_id, send_count, id)
  where listed and state <> 'cancelled';
create index outbox_email_failure_key on outbox_email (portal_id, failure_key, id)
  where listed and state <> 'cancelled';

alter function enter_list(uuid[]) rename to enter_teams;
alter function leave_list(uuid[]) rename to leave_teams;

create function enter_list(ids uuid[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  perform enter_teams(ids);
  with entered as materialized (
    -- What nobody has folded is at least in lower case.
    select e.*, coalesce(c.folded[1], lower(e.subject)) as subject_key,
           coalesce(c.folded[2], lower(e.first_recipient_name || ' ' || e.first_recipient_address)) as recipient_key,
           coalesce(c.folded[3], lower(e.from_name || ' ' || e.from_address)) as sender_key,
           coalesce(c.folded[4], lower(e.packet_ref), '') as packet_key,
           coalesce(nullif(u.name_key, ''), lower(u.name), lower(e.author_id), '') as author_key,
           c.folded[5:] as others
    from unnest(ids) as given (id)
    join outbox_email e on e.id = given.id
    left join email_content c on c.email_id = e.id
    left join directory_user u on u.portal_id = e.portal_id and u.id = e.author_id
  ), kept as (
    insert into listed_email (id, portal_id, connector_id, submitted_at, author_id, packet_ref, packet_type, importance,
                              attachment_count, author_key, recipient_key, subject_key, sender_key, packet_key)
    -- Longer keys would not fit into an index.
    select id, portal_id, connector_id, submitted_at, author_id, packet_ref, packet_type, importance, attachment_count,
           left(author_key, 200), left(recipient_key, 200), left(subject_key, 200), left(sender_key, 200),
           left(packet_key, 200)
    from entered
    on conflict do nothing
  )
  insert into email_search (email_id, portal_id, text)
  select id, portal_id, search_text(author_key, recipient_key, subject_key, packet_key, others) from entered
  on conflict do nothing;
end $$;

create function search_text(author text, recipient text, subject text, packet text, others text[]) returns text
immutable parallel safe language sql
  return concat_ws(chr(10), author, packet, subject, recipient, array_to_string(others, chr(10)));

create function leave_list(ids uuid[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  perform leave_teams(ids);
  delete from listed_email l using unnest(ids) as gone (id) where l.id = gone.id;
  delete from email_search s using unnest(ids) as gone (id) where s.email_id = gone.id;
end $$;

-- Its emails by author and by packet are found here now.
create or replace function emails_touched(portal uuid, users text[], packets text[], ids uuid[])
returns table (id uuid, submitted_at timestamptz, author_id text, packet_ref text)
language sql stable as $$
  select e.id, e.submitted_at, e.author_id, e.packet_ref from listed_email e
  where e.portal_id = portal and e.author_id = any(users)
  union
  select e.id, e.submitted_at, e.author_id, e.packet_ref from listed_email e
  where e.portal_id = portal and e.packet_ref is not null
    and e.packet_ref = any(packets || array(
      select w.packet_ref from packet_user w
      where w.portal_id = portal and w.user_id = any(users) and w.relation = 'works'))
  union
  select e.id, e.submitted_at, e.author_id, e.packet_ref from unnest(ids) as given (id)
  join listed_email e on e.id = given.id
  where e.portal_id = portal
$$;

-- The author's name is sorted by and searched.
create function note_user_renamed() returns trigger language plpgsql as $$
declare
  subject directory_user := case when tg_op = 'DELETE' then old else new end;
begin
  with renamed as materialized (
    update listed_email l
    set author_key = left(case when tg_op = 'DELETE' then lower(old.id)
                               else coalesce(nullif(new.name_key, ''), lower(new.name)) end, 200)
    where l.portal_id = subject.portal_id and l.author_id = subject.id
    returning l.*
  )
  update email_search s
  set text = search_text(r.author_key, r.recipient_key, r.subject_key, r.packet_key, c.folded[5:])
  from renamed r left join email_content c on c.email_id = r.id
  where s.email_id = r.id;
  return null;
end $$;
-- Nobody by that name: the id is shown.
create trigger note_named after insert or delete on directory_user
  for each row execute function note_user_renamed();
create trigger note_renamed after update on directory_user
  for each row when ((old.name, old.name_key) is distinct from (new.name, new.name_key))
  execute function note_user_renamed();

select enter_list(array(select id from outbox_email where listed and state <> 'cancelled'));
