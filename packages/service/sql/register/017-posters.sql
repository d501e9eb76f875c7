-- Posters at the door, which visitors scan with their own wallet.

CREATE TABLE poster (
  venue_id bigint NOT NULL,
  -- Counts within the venue, from 1, and is never given again.
  poster_no int NOT NULL,
  made_at timestamptz NOT NULL,
  -- When a newer one took its place, or the venue gave it up.
  ended_at timestamptz,
  -- The signed code that is printed: the same poster is the same code.
  code bytea NOT NULL,
  PRIMARY KEY (venue_id, poster_no)
);

-- Visits that became entries, so that each becomes one: the number that the phone drew for this visit alone. Nothing here says
-- which entry.
CREATE TABLE poster_taken (
  venue_id bigint NOT NULL,
  visit bytea NOT NULL,
  -- First moment of the local day of the visit, with which it ends.
  day_start timestamptz NOT NULL,
  PRIMARY KEY (venue_id, visit)
);

-- How many visits of a day a poster took, for the cap.
CREATE TABLE poster_day (
  venue_id bigint NOT NULL,
  poster_no int NOT NULL,
  day_start timestamptz NOT NULL,
  visits int NOT NULL,
  PRIMARY KEY (venue_id, poster_no, day_start)
) WITH (fillfactor = 70);
