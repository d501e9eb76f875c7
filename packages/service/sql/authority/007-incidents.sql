-- What canaries saw, the incidents that came of it, and which notice was said for which of them.

-- The newest round of each canary: an older one, or the same again, is refused at every node.
CREATE TABLE canary_heard (
  canary text PRIMARY KEY,
  sequence bigint NOT NULL,
  at bigint NOT NULL
);

-- Rounds of the last minutes, as the canaries signed them.
CREATE TABLE observation (
  canary text NOT NULL,
  sequence bigint NOT NULL,
  at bigint NOT NULL,
  seen jsonb NOT NULL,
  PRIMARY KEY (canary, sequence)
);
CREATE INDEX observation_at ON observation (at);

-- One disturbance of one component. They are kept for good: what was learnt is asked about for years.
CREATE TABLE incident (
  incident_no bigint PRIMARY KEY,
  component text NOT NULL,
  state text NOT NULL CHECK (state IN ('slow', 'down')),
  repeats bigint,
  exercise boolean NOT NULL,
  cause jsonb,
  measures jsonb NOT NULL DEFAULT '[]',
  closed boolean NOT NULL DEFAULT false
);
-- One at a time for a component.
CREATE UNIQUE INDEX incident_open ON incident (component) WHERE NOT closed;

-- Its timeline. `at` is when it happened, the order of writing is `event_no`.
CREATE TABLE incident_event (
  incident_no bigint NOT NULL REFERENCES incident,
  event_no integer NOT NULL,
  what text NOT NULL,
  at bigint NOT NULL,
  -- Of `told` and `confirmed`; null stands for the usual state.
  notice text,
  -- The account that did it; null for the service itself and for the operator of the machine. Never published.
  account_id text,
  PRIMARY KEY (incident_no, event_no)
);

-- `table`: published by itself from what the pack pre-approved; `person`; null for those from before.
ALTER TABLE notice ADD COLUMN said_by text CHECK (said_by IN ('table', 'person'));
-- The incident that it was said for.
ALTER TABLE notice ADD COLUMN incident_no bigint;
