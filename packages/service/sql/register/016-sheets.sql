-- Sheets of paper: what is known of each is its number, its day and what became of it; never what stands on it.

CREATE TABLE sheet (
  venue_id bigint NOT NULL,
  -- Counts within the venue, from 1, and is never given again.
  sheet_no int NOT NULL,
  lines smallint NOT NULL,
  printed_at timestamptz NOT NULL,
  -- Local day on which it lay at the door; null while it is unused.
  day date,
  -- When everything on it was typed.
  typed_at timestamptz,
  -- The confirmation: when, and by whose account; null stands for the operator of the machine, and for nobody.
  destroyed_at timestamptz,
  destroyed_by text,
  PRIMARY KEY (venue_id, sheet_no)
);

CREATE INDEX sheet_kept ON sheet (venue_id, day) WHERE destroyed_at IS NULL;

-- Lines that became entries, so that each becomes one. Nothing here says which entry.
CREATE TABLE sheet_line (
  venue_id bigint NOT NULL,
  sheet_no int NOT NULL,
  line smallint NOT NULL,
  -- First moment of the sheet's day, with which it ends.
  day_start timestamptz NOT NULL,
  PRIMARY KEY (venue_id, sheet_no, line)
);
