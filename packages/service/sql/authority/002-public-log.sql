-- The public log: lines that bodies signed, the tree over them (RFC 9162), and every head that was signed.

-- One row: how far the log has grown. Its row lock puts the lines of all processes in one order.
CREATE TABLE log_state (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  size bigint NOT NULL,
  -- Seconds; the time of the newest head. Heads never go back in time.
  at bigint NOT NULL
);
INSERT INTO log_state (size, at) VALUES (0, 0);

CREATE TABLE log_line (
  index bigint PRIMARY KEY,
  -- SHA-256 of what was signed: the same words are logged once, under whatever signature they come.
  line_id bytea NOT NULL UNIQUE,
  body text NOT NULL,
  kind text NOT NULL,
  -- Seconds; when the log took it in.
  logged_at bigint NOT NULL,
  -- For lines about a day, such as what was resolved on it.
  day date,
  count bigint,
  line bytea NOT NULL
);
CREATE INDEX log_line_by_day ON log_line (kind, day);

-- Perfect subtrees: node n of a level covers the 2^level lines from n * 2^level on. Any proof reads some log2(size) of them.
CREATE TABLE log_node (
  level smallint NOT NULL,
  n bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (level, n)
);

-- One head for a size, ever: a second one would be a fork.
CREATE TABLE log_head (
  size bigint PRIMARY KEY,
  root bytea NOT NULL,
  at bigint NOT NULL,
  head bytea NOT NULL
);

CREATE TABLE log_cosignature (
  size bigint NOT NULL,
  body text NOT NULL,
  cosignature bytea NOT NULL,
  PRIMARY KEY (size, body)
);

-- Every line key that a body ever had: old lines verify under old keys.
CREATE TABLE log_body (
  body text NOT NULL,
  public_key bytea NOT NULL,
  known_since bigint NOT NULL,
  PRIMARY KEY (body, public_key)
);
