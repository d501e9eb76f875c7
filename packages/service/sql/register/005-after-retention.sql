-- What is left when the rows of a day are dropped, so that a chain can still be verified and nothing that is missing can be
-- mistaken for something that was deleted on time.

-- Hashes inside a batch, where the entries before and after belong to different days: where one of the two days is gone,
-- the chain of the other is computed from here.
CREATE TABLE chain_mark (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter int NOT NULL,
  head bytea NOT NULL,
  PRIMARY KEY (venue_id, gate_no, counter)
);

-- Counters whose rows were dropped with their day: unbroken runs, and no word of when or what.
CREATE TABLE gone (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  from_counter int NOT NULL,
  to_counter int NOT NULL,
  -- The newest anchor that the run named: those before it are needed by nobody.
  anchor_ref int NOT NULL,
  PRIMARY KEY (venue_id, gate_no, from_counter)
);

-- Up to which counter of a stretch a verified backup holds everything.
CREATE TABLE safe_mark (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter int NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (venue_id, gate_no)
);

-- Receipts that were signed again over the same place, for their newer safe mark: entries may name them as anchor.
CREATE TABLE receipt_again (
  venue_id bigint NOT NULL,
  hash bytea NOT NULL,
  gate_no smallint NOT NULL,
  -- Of the first receipt.
  received_at timestamptz NOT NULL,
  PRIMARY KEY (venue_id, hash)
);

-- When a gap before this stretch was closed without its entries: they are older than anything that is kept.
ALTER TABLE gate ADD COLUMN gap_closed_at timestamptz;
-- When the gate key was revoked.
ALTER TABLE gate ADD COLUMN revoked_at timestamptz;

-- The hot path once more, with marks. The function of before stays beside it until no service of before runs any more.
CREATE FUNCTION ingest(
  p_venue_id bigint,
  p_gate_no smallint,
  p_counter int,
  p_head bytea,
  p_seen smallint,
  p_new_counter int,
  p_new_head bytea,
  p_received_at timestamptz,
  p_day date,
  -- Entries that are kept, one array for each column. p_anchor counts from 1 in p_anchors.
  p_at timestamptz[],
  p_n int[],
  p_late_s int[],
  p_anchor int[],
  p_day_key int[],
  p_check smallint[],
  p_record smallint[],
  p_kind smallint[],
  p_flags smallint[],
  p_subject_hash bytea[],
  p_subject bytea[],
  p_claimed_at timestamptz[],
  p_anchors bytea[],
  -- Entries that are not kept.
  p_rejected_n int[],
  p_rejected_hash bytea[],
  p_rejected_reason smallint[],
  -- The receipt over the new head; null where none is given yet.
  p_receipt_hash bytea,
  p_receipt bytea,
  -- Places inside the batch at which one local day ends and another begins: counter and hash.
  p_mark_n int[],
  p_mark_head bytea[],
  OUT matched boolean,
  OUT counter int,
  OUT head bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  h gate_head%ROWTYPE;
  first_ref int;
BEGIN
  SELECT * INTO h FROM gate_head g WHERE g.venue_id = p_venue_id AND g.gate_no = p_gate_no FOR UPDATE;
  IF NOT FOUND THEN
    matched := false;
    RETURN;
  END IF;
  IF h.counter <> p_counter OR h.head <> p_head OR h.seen <> p_seen THEN
    UPDATE gate_head g SET received_at = p_received_at WHERE g.venue_id = p_venue_id AND g.gate_no = p_gate_no;
    matched := false;
    counter := h.counter;
    head := h.head;
    RETURN;
  END IF;

  -- The anchor named last is mostly the one named again.
  first_ref := h.anchor_ref + CASE WHEN h.anchor = p_anchors[1] THEN 0 ELSE 1 END;
  INSERT INTO anchor (venue_id, gate_no, anchor_ref, hash)
  SELECT p_venue_id, p_gate_no, first_ref + a.i::int - 1, a.hash
  FROM unnest(p_anchors) WITH ORDINALITY a (hash, i)
  WHERE first_ref + a.i - 1 > h.anchor_ref;

  INSERT INTO entry (venue_id, entered_at, counter, late_s, anchor_ref, day_key_id, gate_no, check_code, record_code, kind,
                     flags, subject_hash, subject, claimed_at)
  SELECT p_venue_id, t.at, t.n, t.late_s, first_ref + t.anchor - 1, t.day_key, p_gate_no, t.check_code, t.record_code,
         t.kind, t.flags, t.subject_hash, t.subject, t.claimed_at
  FROM unnest(p_at, p_n, p_late_s, p_anchor, p_day_key, p_check, p_record, p_kind, p_flags, p_subject_hash, p_subject, p_claimed_at)
       t (at, n, late_s, anchor, day_key, check_code, record_code, kind, flags, subject_hash, subject, claimed_at);

  IF cardinality(p_rejected_n) > 0 THEN
    INSERT INTO rejected (venue_id, gate_no, counter, hash, reason, received_at)
    SELECT p_venue_id, p_gate_no, r.n, r.hash, r.reason, p_received_at
    FROM unnest(p_rejected_n, p_rejected_hash, p_rejected_reason) r (n, hash, reason);
  END IF;

  IF cardinality(p_mark_n) > 0 THEN
    INSERT INTO chain_mark (venue_id, gate_no, counter, head)
    SELECT p_venue_id, p_gate_no, m.n, m.head FROM unnest(p_mark_n, p_mark_head) m (n, head)
    ON CONFLICT (venue_id, gate_no, counter) DO NOTHING;
  END IF;

  IF p_receipt IS NOT NULL THEN
    INSERT INTO receipt (venue_id, gate_no, counter, head, received_at, hash, signed)
    VALUES (p_venue_id, p_gate_no, p_new_counter, p_new_head, p_received_at, p_receipt_hash, p_receipt);
  END IF;

  IF h.day < p_day AND h.counter > 0 THEN
    INSERT INTO gate_checkpoint (venue_id, gate_no, day, counter, head)
    VALUES (p_venue_id, p_gate_no, h.day, h.counter, h.head)
    ON CONFLICT (venue_id, gate_no, day) DO NOTHING;
  END IF;

  UPDATE gate_head g SET
    counter = p_new_counter,
    head = p_new_head,
    received_at = p_received_at,
    day = greatest(h.day, p_day),
    receipt_hash = COALESCE(p_receipt_hash, g.receipt_hash),
    receipt_at = CASE WHEN p_receipt_hash IS NULL THEN g.receipt_at ELSE p_received_at END,
    anchor_ref = first_ref + cardinality(p_anchors) - 1,
    anchor = COALESCE(p_anchors[cardinality(p_anchors)], g.anchor)
  WHERE g.venue_id = p_venue_id AND g.gate_no = p_gate_no;

  matched := true;
  counter := p_new_counter;
  head := p_new_head;
END $$;
