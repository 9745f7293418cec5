-- Whose sight a change of the directory has changed, written in the transaction that changed it: the feed reads these
-- readers' scopes again before it tells them anything that was committed later.

create table sight_change (
  xid xid8 not null default pg_current_xact_id(),
  portal_id uuid not null,
  -- null: too many to be named.
  user_ids text[],
  created_at timestamptz not null default now()
);
create index sight_change_xid on sight_change (xid);
create index sight_change_age on sight_change (created_at);

-- What is removed was already committed at the clean-up before: whoever reads changes as they come has had it.
alter table outbox_change_removed add clean_up pg_snapshot not null default pg_current_snapshot();
