-- Lawful traces, until they end: then every row of a case is deleted, and the key that seals what is personal in it.

CREATE TABLE trace_case (
  case_id bytea PRIMARY KEY,
  -- The exact bytes that two officers sign.
  case_bytes bytea NOT NULL,
  -- Account that wrote it; empty where another desk brought it.
  account_id text NOT NULL,
  taken_at bigint NOT NULL,
  expires_at bigint NOT NULL
);

-- Approvals, signed documents, logged lines; sealed under the case's key what is personal.
CREATE TABLE trace_document (
  case_id bytea NOT NULL REFERENCES trace_case ON DELETE CASCADE,
  name text NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (case_id, name)
);

-- How many cases an officer signed on a day.
CREATE TABLE trace_quota (
  day date NOT NULL,
  account_id text NOT NULL,
  cases int NOT NULL,
  PRIMARY KEY (day, account_id)
);
