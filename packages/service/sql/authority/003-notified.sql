-- Tags of the passes that were looked up on a day, with the padding among them: a file that is published again for more tags
-- keeps the padding that it still needs.
CREATE TABLE notified_tag (
  day date NOT NULL,
  tag bytea NOT NULL,
  padding boolean NOT NULL,
  PRIMARY KEY (day, tag)
);

-- The file of a day as it was signed, and the version of the root under which.
CREATE TABLE notified_file (
  day date PRIMARY KEY,
  root_version bigint NOT NULL,
  bytes bytea NOT NULL
);
