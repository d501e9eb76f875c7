-- How many came in, by hour: counted off the path of ingest, from rows that are stored already.

CREATE TABLE venue_hour (
  venue_id bigint NOT NULL,
  -- First second of the hour, counted from the local midnight.
  hour timestamptz NOT NULL,
  check_code smallint NOT NULL,
  record_code smallint NOT NULL,
  -- Entries without those that were cancelled. Cells below five are hidden by whoever reads them out.
  entries int NOT NULL,
  PRIMARY KEY (venue_id, hour, check_code, record_code)
);

-- Up to which counter a stretch has been counted. A separate table: the heads belong to ingest alone.
CREATE TABLE gate_counted (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter int NOT NULL,
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (venue_id, gate_no)
);
