-- Sessions that only look rows up by key plan without hash joins; the trigger joins two sets of rows of any size.
alter function note_email_updated() set enable_hashjoin = on;

-- Faster than the default to write and to read; not in every build of PostgreSQL.
do $$
begin
  alter table email_content alter text set compression lz4, alter html set compression lz4;
exception when feature_not_supported then
  null;
end $$;
