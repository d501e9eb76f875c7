-- What was entered. A row is a place in a gate's chain; its hash is not stored but can be computed again from the row,
-- the hash of its subject and the hash before it (docs/protocol/entry.cddl).

CREATE TABLE entry (
  venue_id bigint NOT NULL,
  -- The time claimed, in whole seconds. Flagged future or clock: the time received, and the claim is kept beside.
  entered_at timestamptz NOT NULL,
  counter int NOT NULL,
  -- Seconds from the claimed time to the time received.
  late_s int NOT NULL,
  anchor_ref int NOT NULL,
  day_key_id int NOT NULL,
  gate_no smallint NOT NULL,
  check_code smallint NOT NULL,
  record_code smallint NOT NULL,
  kind smallint NOT NULL,
  flags smallint NOT NULL,
  -- SHA-256 of the subject as the gate sealed it.
  subject_hash bytea NOT NULL,
  -- The gate's box inside the register's own layer: nonce (12), AES-256-GCM ciphertext, tag (16). Empty for no subject.
  subject bytea NOT NULL,
  claimed_at timestamptz,
  PRIMARY KEY (venue_id, entered_at, gate_no, counter)
) PARTITION BY RANGE (entered_at);

-- Partitions are days of the pack's zone, made ahead by LIKE and ATTACH. There is no default partition: it would forbid
-- DETACH CONCURRENTLY, and a date that no partition holds is a mistake that must be seen.

-- Entries that were not kept: the chain goes on over their hash.
CREATE TABLE rejected (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter int NOT NULL,
  hash bytea NOT NULL,
  -- 1 expired, 2 malformed, 3 foreign
  reason smallint NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (venue_id, gate_no, counter)
);

-- What entries name as "not made before": hashes of receipts or bundles, numbered by stretch in order of use.
CREATE TABLE anchor (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  anchor_ref int NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (venue_id, gate_no, anchor_ref)
);

-- Receipts as they were signed, with their original time. They outlive the entries and prove the counters.
CREATE TABLE receipt (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter int NOT NULL,
  head bytea NOT NULL,
  received_at timestamptz NOT NULL,
  hash bytea NOT NULL,
  signed bytea NOT NULL,
  PRIMARY KEY (venue_id, gate_no, counter)
);

CREATE INDEX receipt_by_hash ON receipt (venue_id, hash);

-- Where a stretch stood when a day of receiving ended: the chain can be verified from here after older days are gone.
CREATE TABLE gate_checkpoint (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  day date NOT NULL,
  counter int NOT NULL,
  head bytea NOT NULL,
  PRIMARY KEY (venue_id, gate_no, day)
);
