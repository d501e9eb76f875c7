-- Evidence that was imported, people whom an identity provider vouched for, sign-ins on their way, and the queue.

-- What was imported about one person, sealed under a key of that person alone.
CREATE TABLE evidence (
  -- Keyed hash of provider and person.
  subject bytea PRIMARY KEY,
  sealed bytea NOT NULL,
  changed_at bigint NOT NULL
);

-- Who somebody is, as their provider said when they signed in: a renewal does not ask again.
CREATE TABLE signed_in_person (
  subject bytea PRIMARY KEY,
  sealed bytea NOT NULL,
  signed_in_at bigint NOT NULL
);

-- A sign-in on its way, sealed under the secret that the wallet keeps: used once.
CREATE TABLE sign_in (
  secret_hash bytea PRIMARY KEY,
  sealed bytea NOT NULL,
  open_until bigint NOT NULL
);
CREATE INDEX sign_in_open_until ON sign_in (open_until);

-- How far the queue of each kind of work has come, and how fast it moves.
CREATE TABLE issue_queue (
  work text PRIMARY KEY CHECK (work IN ('first', 'renewal', 'paper')),
  -- Everybody with a number up to this one may go on.
  serving bigint NOT NULL DEFAULT 0,
  -- Milliseconds of the move before, and numbers in a second as they were measured; null before the second move.
  moved_at bigint,
  per_second double precision
);
INSERT INTO issue_queue (work) VALUES ('first'), ('renewal'), ('paper');
CREATE SEQUENCE issue_queue_first;
CREATE SEQUENCE issue_queue_renewal;
CREATE SEQUENCE issue_queue_paper;

-- The place of an enrolment: kept until it was served, so that whoever leaves comes back to it.
ALTER TABLE enrolment
  ADD COLUMN first_issued_at bigint,
  ADD COLUMN queue_work text,
  ADD COLUMN queue_number bigint,
  -- Seconds: whoever did not ask for minutes is passed over, and goes on at once when they come back.
  ADD COLUMN queue_seen_at bigint;
CREATE INDEX enrolment_queue ON enrolment (queue_work, queue_number) WHERE queue_number IS NOT NULL;
