-- What this body has signed of the public log: it follows one history, and signs nothing that does not grow out of it.

-- The newest head it signed, by log. The row lock puts the questions of all processes in one order.
CREATE TABLE cosigned_log (
  origin text PRIMARY KEY,
  size bigint NOT NULL,
  root bytea NOT NULL,
  at bigint NOT NULL
);

CREATE TABLE cosigned_head (
  origin text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  cosignature bytea NOT NULL,
  PRIMARY KEY (origin, size)
);
