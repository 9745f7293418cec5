-- Users, teams and packets as the host's back end tells them. Ids are the host's own text.

create table directory_user (
  portal_id uuid not null,
  id text not null,
  name text not null,
  access text not null check (access in ('own', 'all')),
  primary key (portal_id, id)
);

create table directory_team (
  portal_id uuid not null,
  id text not null,
  name text not null,
  parent_id text,
  leader_id text,
  primary key (portal_id, id)
);
create index directory_team_leader on directory_team (portal_id, leader_id);
create index directory_team_parent on directory_team (portal_id, parent_id);

create table directory_member (
  portal_id uuid not null,
  team_id text not null,
  user_id text not null,
  primary key (portal_id, team_id, user_id)
);
create index directory_member_user on directory_member (portal_id, user_id);

create table packet (
  portal_id uuid not null,
  ref text not null,
  type text not null,
  title text not null,
  url text,
  primary key (portal_id, ref)
);

-- `works`: works on the packet; `reads`: was given access to it.
create table packet_user (
  portal_id uuid not null,
  packet_ref text not null,
  user_id text not null,
  relation text not null check (relation in ('works', 'reads')),
  primary key (portal_id, packet_ref, user_id, relation)
);
create index packet_user_user on packet_user (portal_id, user_id);
