-- An answer is noted before its line is logged, and counts from then on: an issuer that stopped in between goes on with the
-- same line instead of never answering, and no visitor's tag waits for a line that never came.
ALTER TABLE resolved_case
  ADD COLUMN opening_hash bytea,
  ADD COLUMN found int NOT NULL DEFAULT 0,
  ADD COLUMN logged boolean NOT NULL DEFAULT true;
