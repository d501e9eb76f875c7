-- Who may act for this body. The same tables stand in each desk's own database; nothing here leaves it.

-- One person or function of the body. The name is what the body itself calls them.
CREATE TABLE account (
  account_id text PRIMARY KEY,
  name text NOT NULL,
  roles jsonb NOT NULL,
  -- Venues that owners and staff may act for.
  venue_ids jsonb NOT NULL DEFAULT '[]',
  created_ms bigint NOT NULL,
  ended_ms bigint
);
-- Officers are few among many owners.
CREATE INDEX account_officer ON account (account_id) WHERE roles @> '["officer"]';

-- Authenticators. The key is kept as COSE, as it came; nothing in it is secret. Ended ones stay: what they signed can
-- be asked about for years.
CREATE TABLE passkey (
  credential_id bytea PRIMARY KEY,
  account_id text NOT NULL REFERENCES account,
  public_key bytea NOT NULL,
  -- Signature counter of the authenticator; 0 where it does not count.
  counter bigint NOT NULL,
  transports jsonb NOT NULL DEFAULT '[]',
  added_ms bigint NOT NULL,
  ended_ms bigint,
  -- Whether the others were told that this officer's key begins, and ends.
  told_start boolean NOT NULL DEFAULT false,
  told_end boolean NOT NULL DEFAULT false
);
CREATE INDEX passkey_account ON passkey (account_id);

-- Sign-ins. The browser holds the token; here stands its hash.
CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  account_id text NOT NULL REFERENCES account,
  credential_id bytea REFERENCES passkey,
  signed_in_ms bigint NOT NULL,
  ends_ms bigint NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_ends ON session (ends_ms);

-- One-time codes that let somebody enrol an authenticator. Here stands the hash of the code.
CREATE TABLE invite (
  invite_id text PRIMARY KEY,
  code_hash bytea NOT NULL UNIQUE,
  account_id text NOT NULL REFERENCES account,
  -- Account that made it, and the officer who approved it; null stands for the operator of the machine, and for nobody.
  made_by text,
  made_ms bigint NOT NULL,
  ends_ms bigint NOT NULL,
  approved_by text,
  approved_ms bigint,
  used_ms bigint
);
CREATE INDEX invite_account ON invite (account_id);

-- What an authenticator was asked to sign. Taken out when it comes back, so that it counts once, at any node.
CREATE TABLE challenge (
  challenge bytea PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('enrol', 'sign-in')),
  account_id text REFERENCES account,
  invite_id text REFERENCES invite,
  ends_ms bigint NOT NULL
);
CREATE INDEX challenge_ends ON challenge (ends_ms);
