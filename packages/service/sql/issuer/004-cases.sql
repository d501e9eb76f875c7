-- Cases that this issuer has answered: each once. No handle and no person stands here.
CREATE TABLE resolved_case (
  case_hash bytea PRIMARY KEY,
  answered_at bigint NOT NULL,
  -- After this the case itself has expired, and the row may go.
  expires_at bigint NOT NULL
);

-- Tags by which wallets learn that they were concerned, until the day's public file has them.
CREATE TABLE tag_to_publish (
  day date NOT NULL,
  tag bytea NOT NULL,
  PRIMARY KEY (day, tag)
);
