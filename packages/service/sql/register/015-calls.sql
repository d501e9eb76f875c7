-- Entries that reach the register without a gate: by telephone, and by whatever channel comes next.

-- A channel of a venue: a chain whose key this body holds. Its gate number stands in `gate` like any other.
CREATE TABLE channel (
  venue_id bigint NOT NULL,
  thumbprint bytea NOT NULL,
  -- The word of recording that its entries carry.
  word text NOT NULL,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (venue_id, thumbprint)
);

-- Which number belongs to which venue, and when it did: a call that is delivered late goes to where it was made. The table is
-- one of the whole register, not of a venue.
CREATE TABLE call_number (
  number text NOT NULL,
  of_venue bigint NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  -- The telephone provider that brought the first call, and when. Nobody is told to call before that.
  provider text,
  heard_at timestamptz,
  PRIMARY KEY (number, since)
);

CREATE UNIQUE INDEX call_number_in_use ON call_number (number) WHERE until IS NULL;
CREATE UNIQUE INDEX call_number_of_venue ON call_number (of_venue) WHERE until IS NULL;

-- Calls that became entries, so that each becomes one: a keyed hash of the provider's id. Nothing here says which entry.
CREATE TABLE call_taken (
  venue_id bigint NOT NULL,
  call bytea NOT NULL,
  -- First moment of the local day of the call, with which it ends.
  day_start timestamptz NOT NULL,
  PRIMARY KEY (venue_id, call)
);

-- How many calls of a day a venue's chain took, for the cap.
CREATE TABLE call_day (
  venue_id bigint NOT NULL,
  day_start timestamptz NOT NULL,
  calls int NOT NULL,
  PRIMARY KEY (venue_id, day_start)
) WITH (fillfactor = 70);
