-- What owners said does not work: a venue once an hour, whatever was said again. No words, no gate, no person.
-- A few hours are kept.
CREATE TABLE trouble (
  venue_id bigint NOT NULL,
  -- First moment of the hour in which it was said.
  hour timestamptz NOT NULL,
  -- Its place in the list of what can be said (docs/protocol/trouble.cddl).
  what smallint NOT NULL,
  PRIMARY KEY (venue_id, hour)
);
