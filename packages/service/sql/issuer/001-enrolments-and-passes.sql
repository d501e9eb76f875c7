-- The issuer desk. Nothing here says who a person is without the desk's key store, and nothing at all says where they were.

-- Keys that sign passes. A key id is given once.
CREATE TABLE issuer_key (
  kid smallint PRIMARY KEY,
  usage text NOT NULL CHECK (usage IN ('pass', 'specimen')),
  public_key bytea NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  withdrawn boolean NOT NULL DEFAULT false,
  canary text NOT NULL
);

-- One wallet of one person. The wallet holds the secret; here stands its hash.
CREATE TABLE enrolment (
  secret_hash bytea PRIMARY KEY,
  -- Sealed under the enrolment key: provider and person.
  person bytea NOT NULL,
  -- The nonce that the next batch proves its keys over.
  nonce bytea NOT NULL,
  -- Exercises only: the instant (seconds) as of which passes are issued.
  as_of bigint,
  enrolled_at bigint NOT NULL
);

-- Holder keys ever certified, by thumbprint: each once, for good. No link to a person.
CREATE TABLE certified_key (
  thumbprint bytea PRIMARY KEY
);

-- Which handle was given to whom, sealed under the key of the pass's last day.
CREATE TABLE issued_pass (
  handle bytea PRIMARY KEY,
  last_day date NOT NULL,
  sealed bytea NOT NULL
);
CREATE INDEX issued_pass_last_day ON issued_pass (last_day);

-- Printable pages, for some minutes; sealed under the secret in their address.
CREATE TABLE paper_page (
  page_hash bytea PRIMARY KEY,
  sealed bytea NOT NULL,
  open_until bigint NOT NULL
);
