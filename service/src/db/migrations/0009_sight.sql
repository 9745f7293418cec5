-- Longer than 300 lines: one change of the model, which is right as a whole only.
-- Who sees what, at a million emails. An email in the list (listed and not cancelled) has one row for each leaf team of
-- its author and of everybody who works on its packet; nesting is resolved on the reader's side. Healthy mail is never
-- in the list and pays nothing.

-- key * 2 stands for the members of the team, key * 2 + 1 for its leader, who belongs to those that lead the team or
-- above it, not to fellow members.
alter table directory_team add key integer generated always as identity unique;

-- Extra access, beyond teams and packets: the mail that a user sends, or that is a team's with all below it.
create table directory_access (
  portal_id uuid not null,
  user_id text not null,
  kind text not null check (kind in ('user', 'team')),
  -- Of that user or team, in the host's own text.
  subject_id text not null,
  primary key (portal_id, user_id, kind, subject_id)
);
create index directory_access_subject on directory_access (portal_id, kind, subject_id);

create index directory_member_team on directory_member (portal_id, user_id, team_id);
drop index directory_member_user;
create index packet_user_works on packet_user (portal_id, packet_ref, user_id) where relation = 'works';

-- The leaf teams of a user.
create view user_team_key as
select m.portal_id, m.user_id, t.key * 2 as team_key
from directory_member m join directory_team t on t.portal_id = m.portal_id and t.id = m.team_id
union all
select portal_id, leader_id, key * 2 + 1 from directory_team where leader_id is not null;

alter table outbox_email
  -- Half of the send status; the other half is the connector's: 0 failed, 1 tried before or a retry was asked for, 2 new.
  add progress smallint not null generated always as (
    case when state = 'failed' then 0 when send_count > 0 or retry_asked then 1 else 2 end) stored;
alter table email_archive add progress smallint not null default 2;

create table email_team (
  portal_id uuid not null,
  team_key integer not null,
  submitted_at timestamptz not null,
  email_id uuid not null,
  -- Of the email, so that a team is counted from one index.
  connector_id uuid not null,
  system boolean not null,
  progress smallint not null,
  -- Read backwards: newest first.
  primary key (portal_id, team_key, submitted_at, email_id) include (connector_id, system, progress)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index email_team_email on email_team (email_id, team_key);

create index outbox_email_packet on outbox_email (portal_id, packet_ref, submitted_at, id)
  where listed and state <> 'cancelled' and packet_ref is not null;

-- What email_team must say of these emails, by the directory as it is.
create function email_team_of(ids uuid[])
returns table (
  portal_id uuid, team_key integer, submitted_at timestamptz, email_id uuid, connector_id uuid, system boolean,
  progress smallint)
language sql stable as $$
  select distinct e.portal_id, k.team_key, e.submitted_at, e.id, e.connector_id, e.author_id is null, e.progress
  from unnest(ids) as given (id)
  join outbox_email e on e.id = given.id
  cross join lateral (
    select e.author_id as user_id where e.author_id is not null
    union all
    select w.user_id from packet_user w
    where w.portal_id = e.portal_id and w.packet_ref = e.packet_ref and w.relation = 'works'
  ) owner
  join user_team_key k on k.portal_id = e.portal_id and k.user_id = owner.user_id
  where e.listed and e.state <> 'cancelled'
$$;

-- One change of a portal's directory at a time.
create function lock_directory(portal uuid) returns void language sql as $$
  select pg_advisory_xact_lock(7302115, hashtext(portal::text))
$$;

-- Whoever brings emails into the list or takes them out passes together with others; a change of the directory closes
-- the gate for its last moment, when it looks for those that have passed since it began.
create function pass_gate(portals uuid[]) returns void language plpgsql as $$
declare
  portal uuid;
begin
  for portal in select distinct it from unnest(portals) as it order by it loop
    perform pg_advisory_xact_lock_shared(7302116, hashtext(portal::text));
  end loop;
end $$;

create function close_gate(portal uuid) returns void language sql as $$
  select pg_advisory_xact_lock(7302116, hashtext(portal::text))
$$;

-- What the page keeps beside the hot table: filled when emails enter the list, emptied when they leave it. By keys only:
-- a plan that reads a whole table because it was small when the plan was made would be a trap.
create function enter_list(ids uuid[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  insert into email_team (portal_id, team_key, submitted_at, email_id, connector_id, system, progress)
  select it.portal_id, it.team_key, it.submitted_at, it.email_id, it.connector_id, it.system, it.progress
  from email_team_of(ids) as it
  on conflict do nothing;
end $$;

-- Emails that stay in the list have failed, or are tried again. What a change of the directory is rewriting at this moment
-- it puts right itself: it must not be waited for, since it waits for us.
create function advance_in_list(ids uuid[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  update email_team t set progress = behind.now_at
  from (select k.portal_id, k.team_key, k.submitted_at, k.email_id, e.progress as now_at
        from unnest(ids) as given (id) join outbox_email e on e.id = given.id join email_team k on k.email_id = e.id
        where k.progress <> e.progress
        for update of k skip locked) behind
  where t.portal_id = behind.portal_id and t.team_key = behind.team_key and t.submitted_at = behind.submitted_at
    and t.email_id = behind.email_id;
end $$;

create function leave_list(ids uuid[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  -- What a change of the directory is rewriting at this moment it removes itself: it must not be waited for, since it
  -- waits for us.
  delete from email_team t
  using (select k.portal_id, k.team_key, k.submitted_at, k.email_id from email_team k where k.email_id = any(ids)
         for update skip locked) gone
  where t.portal_id = gone.portal_id and t.team_key = gone.team_key and t.submitted_at = gone.submitted_at
    and t.email_id = gone.email_id;
end $$;

-- The leaf teams of emails in the list, as changes carry them.
create function team_keys_of(ids uuid[]) returns table (email_id uuid, team_keys integer[])
language sql stable set enable_seqscan = off as $$
  select t.email_id, array_agg(t.team_key order by t.team_key) from email_team t where t.email_id = any(ids) group by 1
$$;

alter table outbox_change
  -- Leaf teams of the email, after the change or as they were when it left. Without an email: those whose mail changed hands.
  add team_keys integer[] not null default '{}',
  -- Set when the directory changed who sees the email: its leaf teams before.
  add team_keys_before integer[],
  -- What counts need to follow: the email's connector, and its `progress` before and after; null: it was not, or is not,
  -- in the list. Of the directory's changes they are null.
  add mail_connector_id uuid,
  add progress_before smallint,
  add progress_after smallint;

create or replace function note_email_inserted() returns trigger language plpgsql set enable_hashjoin = on as $$
declare
  entered uuid[] := array(select id from after_rows where listed and state <> 'cancelled');
begin
  if cardinality(entered) > 0 then
    perform pass_gate(array(select distinct portal_id from after_rows where listed));
    perform enter_list(entered);
    -- An import tells pages once a second that there is more, not once an email.
    insert into outbox_change (portal_id, email_id, author_id, packet_ref, team_keys, mail_connector_id, progress_after)
    select a.portal_id, a.id, a.author_id, a.packet_ref, coalesce(k.team_keys, '{}'), a.connector_id,
           case when a.state <> 'cancelled' then a.progress end
    from after_rows a left join team_keys_of(entered) k on k.email_id = a.id
    where a.listed and not a.migrated;
    if found then perform pg_notify('outbox_change', ''); end if;
  end if;
  if exists (select from after_rows where state = 'waiting') then perform pg_notify('outbox_due', ''); end if;
  return null;
end $$;

create or replace function note_email_updated() returns trigger language plpgsql set enable_hashjoin = on as $$
declare
  entered uuid[];
  gone uuid[];
  advanced uuid[];
begin
  if exists (select from after_rows where listed) or exists (select from before_rows where listed) then
    entered := array(
      select a.id from after_rows a join before_rows b on b.id = a.id
      where a.listed and a.state <> 'cancelled' and not (b.listed and b.state <> 'cancelled'));
    gone := array(
      select a.id from after_rows a join before_rows b on b.id = a.id
      where b.listed and b.state <> 'cancelled' and not (a.listed and a.state <> 'cancelled'));
    advanced := array(
      select a.id from after_rows a join before_rows b on b.id = a.id
      where a.progress <> b.progress and b.listed and b.state <> 'cancelled' and a.listed and a.state <> 'cancelled');
    if cardinality(entered) + cardinality(gone) + cardinality(advanced) > 0 then
      perform pass_gate(array(select distinct portal_id from after_rows));
    end if;
    if cardinality(entered) > 0 then perform enter_list(entered); end if;
    if cardinality(advanced) > 0 then perform advance_in_list(advanced); end if;
    insert into outbox_change (
      portal_id, email_id, author_id, packet_ref, left_as, team_keys, mail_connector_id, progress_before, progress_after)
    select a.portal_id, a.id, a.author_id, a.packet_ref,
           case when a.state = 'cancelled' then 'cancelled' end, coalesce(k.team_keys, '{}'), a.connector_id,
           case when b.listed and b.state <> 'cancelled' then b.progress end,
           case when a.listed and a.state <> 'cancelled' then a.progress end
    from after_rows a join before_rows b on b.id = a.id
    left join team_keys_of(array(select id from after_rows)) k on k.email_id = a.id
    where a.version <> b.version and (a.listed or b.listed);
    if found then perform pg_notify('outbox_change', ''); end if;
    if cardinality(gone) > 0 then perform leave_list(gone); end if;
  end if;
  if exists (
    select from after_rows a join before_rows b on b.id = a.id
    where a.state = 'waiting' and (b.state <> 'waiting' or b.due_at <> a.due_at)
  ) then perform pg_notify('outbox_due', ''); end if;
  return null;
end $$;

create or replace function note_email_deleted() returns trigger language plpgsql set enable_hashjoin = on as $$
declare
  gone uuid[] := array(select id from before_rows where listed and state <> 'cancelled');
begin
  if cardinality(gone) > 0 then
    perform pass_gate(array(select distinct portal_id from before_rows where listed));
    insert into outbox_change (
      portal_id, email_id, author_id, packet_ref, left_as, team_keys, mail_connector_id, progress_before)
    select b.portal_id, b.id, b.author_id, b.packet_ref, 'sent', coalesce(k.team_keys, '{}'), b.connector_id, b.progress
    from before_rows b left join team_keys_of(gone) k on k.email_id = b.id
    where b.listed and b.state <> 'cancelled';
    perform pg_notify('outbox_change', '');
    perform leave_list(gone);
  end if;
  return null;
end $$;

-- Emails in the list that are sent by these users, or of packets that they work on, or of these packets; or these emails.
create function emails_touched(portal uuid, users text[], packets text[], ids uuid[])
returns table (id uuid, submitted_at timestamptz, author_id text, packet_ref text)
language sql stable as $$
  select e.id, e.submitted_at, e.author_id, e.packet_ref from outbox_email e
  where e.portal_id = portal and e.author_id = any(users) and e.listed and e.state <> 'cancelled'
  union
  select e.id, e.submitted_at, e.author_id, e.packet_ref from outbox_email e
  where e.portal_id = portal and e.listed and e.state <> 'cancelled' and e.packet_ref is not null
    and e.packet_ref = any(packets || array(
      select w.packet_ref from packet_user w
      where w.portal_id = portal and w.user_id = any(users) and w.relation = 'works'))
  union
  select e.id, e.submitted_at, e.author_id, e.packet_ref from unnest(ids) as given (id)
  join outbox_email e on e.id = given.id
  where e.portal_id = portal and e.listed and e.state <> 'cancelled'
$$;

-- Makes email_team right for those emails, from scratch; the hot table is only read. Returns what it has looked at, and
-- how many of them have changed hands.
create function rewrite_email_team(
  portal uuid, users text[], packets text[], ids uuid[], out seen uuid[], out changed bigint)
language sql volatile
set enable_hashjoin = on set enable_seqscan = off set jit = off as $$
  with touched as materialized (
    select * from emails_touched(portal, users, packets, ids)
  ), owner as materialized (
    select id, author_id as user_id from touched where author_id is not null
    union
    select t.id, w.user_id from touched t
    join packet_user w on w.portal_id = portal and w.packet_ref = t.packet_ref and w.relation = 'works'
  ), owner_key as materialized (
    select k.user_id, k.team_key from (select distinct user_id from owner) it
    join user_team_key k on k.portal_id = portal and k.user_id = it.user_id
  ), wanted as materialized (
    select distinct o.id, k.team_key from owner o join owner_key k using (user_id)
  ), present as materialized (
    -- Rows of emails that have left meanwhile as well.
    select e.email_id as id, e.team_key
    from (select id from touched union select unnest(ids)) it
    join email_team e on e.email_id = it.id
  ), surplus as materialized (
    select * from present except select * from wanted
  ), missing as materialized (
    select * from wanted except select * from present
  ), removed as (
    delete from email_team e using surplus s where e.email_id = s.id and e.team_key = s.team_key
  ), added as (
    insert into email_team (portal_id, team_key, submitted_at, email_id, connector_id, system, progress)
    select portal, m.team_key, t.submitted_at, m.id, e.connector_id, e.author_id is null, e.progress
    from missing m join touched t using (id) join outbox_email e on e.id = m.id
    on conflict do nothing
  ), moved as materialized (
    select id from surplus union select id from missing
  ), total as (
    select count(*) as emails from moved
  ), told as (
    insert into outbox_change (portal_id, email_id, author_id, packet_ref, team_keys, team_keys_before)
    select portal, t.id, t.author_id, t.packet_ref, coalesce(w.keys, '{}'), coalesce(p.keys, '{}')
    from moved join touched t using (id)
    left join (select id, array_agg(team_key order by team_key) as keys from wanted group by 1) w using (id)
    left join (select id, array_agg(team_key order by team_key) as keys from present group by 1) p using (id)
    where (select emails from total) <= 1000
    union all
    -- Too many to be told one by one: who has one of these teams loads again.
    select portal, null, null, null, array(select team_key from surplus union select team_key from missing), null
    from total where emails > 1000
  )
  select array(select id from touched), emails from total
$$;

-- The directory has changed in this transaction: brings what follows from it in step. Nobody waits for it but, in the
-- last moment, who brings emails into the list or takes them out. Returns how many emails changed hands.
create function follow_directory(portal uuid, users text[], packets text[]) returns bigint language plpgsql
set enable_hashjoin = on set enable_seqscan = off set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  began pg_snapshot := pg_current_snapshot();
  seen uuid[];
  now_there uuid[];
  others uuid[];
  changed bigint;
  late bigint := 0;
begin
  select it.seen, it.changed into seen, changed from rewrite_email_team(portal, users, packets, '{}') it;
  perform close_gate(portal);
  now_there := array(select id from emails_touched(portal, users, packets, '{}'));
  -- Entered meanwhile, by the directory as it was; or left meanwhile, while their rows were being rewritten here.
  others := array((select unnest(now_there) except select unnest(seen))
                  union all (select unnest(seen) except select unnest(now_there)));
  if cardinality(others) > 0 then
    select it.changed into late from rewrite_email_team(portal, '{}', '{}', others) it;
  end if;
  -- Failed or tried again meanwhile, while their rows were being rewritten here.
  perform advance_in_list(array(
    select distinct email_id from outbox_change
    where portal_id = portal and xid >= pg_snapshot_xmin(began) and not pg_visible_in_snapshot(xid, began)
      and progress_before <> progress_after));
  if changed + late > 0 then perform pg_notify('outbox_change', ''); end if;
  return changed + late;
end $$;

-- Whose sight a change of the directory has changed is told by what changes it: db/change-directory.ts.
drop trigger note_changed on directory_user;
drop trigger note_changed on directory_team;
drop trigger note_changed on directory_member;
drop trigger note_changed on packet_user;
drop function note_directory_changed();

select enter_list(array(select id from outbox_email where listed and state <> 'cancelled'));

-- What a complete sync of a directory has named so far; single changes meanwhile are named too. See db/directory-sync.ts.
create table directory_sync (
  id uuid primary key,
  portal_id uuid not null,
  started_at timestamptz not null default now()
);
create table directory_named (
  sync_id uuid not null references directory_sync on delete cascade,
  kind text not null,
  id text not null,
  primary key (sync_id, kind, id)
);
