-- Every leader sees the system emails without a packet: counted from one index, as a team is (email_team).
create index outbox_email_system on outbox_email (portal_id, connector_id, progress, packet_ref)
  include (submitted_at) where listed and state <> 'cancelled' and author_id is null;
