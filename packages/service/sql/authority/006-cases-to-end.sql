-- Cases that ended here and of which the register could not be told yet; told until they would have expired anyway.
CREATE TABLE case_to_end (
  case_id bytea PRIMARY KEY,
  expires_at bigint NOT NULL
);
