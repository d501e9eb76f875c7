-- Holder keys of canaries. They are certified as every key is, many times a minute, and would fill that table for good: they go
-- with their passes.
CREATE TABLE specimen_key (
  thumbprint bytea PRIMARY KEY,
  -- The last local day on which the pass is good.
  last_day date NOT NULL
);
CREATE INDEX specimen_key_last_day ON specimen_key (last_day);
