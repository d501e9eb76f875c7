-- Spreads a register over the machines of a Citus cluster (13.2, PostgreSQL 15 or newer), by venue. Optional: the same
-- schema and the same code run on one PostgreSQL. Run once on the coordinator, on a migrated register database, before the
-- first venue is enrolled or with the service stopped. See README.md.
BEGIN;

CREATE EXTENSION IF NOT EXISTS citus;

-- Everything of one venue stands on one machine: each hot statement then goes to one machine, and no transaction to two.
SELECT create_distributed_table('venue', 'venue_id', colocate_with => 'none', shard_count => 64);
SELECT create_distributed_table('gate', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('gate_head', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('entry', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('rejected', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('anchor', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('receipt', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('receipt_again', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('gate_checkpoint', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('chain_mark', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('gone', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('safe_mark', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('venue_hour', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('gate_counted', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('enrolment_code', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('delegation', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('gate_report', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('venue_pin', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('nudge', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('channel', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('call_taken', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('call_day', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('sheet', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('sheet_line', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('poster', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('poster_taken', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('poster_day', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('revocation', 'venue_id', colocate_with => 'venue');
SELECT create_distributed_table('trouble', 'venue_id', colocate_with => 'venue');

-- The hot path runs where the venue stands: as a delegated function it is planned once there. As one long statement it was
-- planned anew on every call, 2.0k entries a second at batches of 10 instead of 7.9k. Each version of the function that
-- some service still calls.
SELECT create_distributed_function(oid::regprocedure, 'p_venue_id', colocate_with => 'gate_head')
FROM pg_proc WHERE proname = 'ingest' AND pronamespace = 'public'::regnamespace;

COMMIT;
