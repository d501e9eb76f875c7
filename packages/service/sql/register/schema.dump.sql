CREATE TABLE account (
  account_id text NOT NULL,
  name text NOT NULL,
  roles jsonb NOT NULL,
  venue_ids jsonb NOT NULL DEFAULT '[]'::jsonb,
  created_ms bigint NOT NULL,
  ended_ms bigint,
  CONSTRAINT account_pkey PRIMARY KEY (account_id)
);
CREATE INDEX account_by_venue ON public.account USING gin (venue_ids jsonb_path_ops);
CREATE INDEX account_officer ON public.account USING btree (account_id) WHERE (roles @> '["officer"]'::jsonb);

CREATE TABLE anchor (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  anchor_ref integer NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT anchor_pkey PRIMARY KEY (venue_id, gate_no, anchor_ref)
);

CREATE TABLE bundle_in_use (
  sequence bigint NOT NULL,
  digest bytea NOT NULL,
  first_seen timestamp with time zone NOT NULL,
  CONSTRAINT bundle_in_use_pkey PRIMARY KEY (sequence, digest)
);

CREATE TABLE call_day (
  venue_id bigint NOT NULL,
  day_start timestamp with time zone NOT NULL,
  calls integer NOT NULL,
  CONSTRAINT call_day_pkey PRIMARY KEY (venue_id, day_start)
) WITH (fillfactor=70);

CREATE TABLE call_number (
  number text NOT NULL,
  of_venue bigint NOT NULL,
  since timestamp with time zone NOT NULL,
  until timestamp with time zone,
  provider text,
  heard_at timestamp with time zone,
  CONSTRAINT call_number_pkey PRIMARY KEY (number, since)
);
CREATE UNIQUE INDEX call_number_in_use ON public.call_number USING btree (number) WHERE (until IS NULL);
CREATE UNIQUE INDEX call_number_of_venue ON public.call_number USING btree (of_venue) WHERE (until IS NULL);

CREATE TABLE call_taken (
  venue_id bigint NOT NULL,
  call bytea NOT NULL,
  day_start timestamp with time zone NOT NULL,
  CONSTRAINT call_taken_pkey PRIMARY KEY (venue_id, call)
);

CREATE TABLE chain_mark (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  head bytea NOT NULL,
  CONSTRAINT chain_mark_pkey PRIMARY KEY (venue_id, gate_no, counter)
);

CREATE TABLE challenge (
  challenge bytea NOT NULL,
  purpose text NOT NULL,
  account_id text,
  invite_id text,
  ends_ms bigint NOT NULL,
  CONSTRAINT challenge_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  CONSTRAINT challenge_invite_id_fkey FOREIGN KEY (invite_id) REFERENCES invite(invite_id),
  CONSTRAINT challenge_pkey PRIMARY KEY (challenge),
  CONSTRAINT challenge_purpose_check CHECK ((purpose = ANY (ARRAY['enrol'::text, 'sign-in'::text])))
);
CREATE INDEX challenge_ends ON public.challenge USING btree (ends_ms);

CREATE TABLE channel (
  venue_id bigint NOT NULL,
  thumbprint bytea NOT NULL,
  word text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  CONSTRAINT channel_pkey PRIMARY KEY (venue_id, thumbprint)
);

CREATE TABLE cosigned_head (
  origin text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  cosignature bytea NOT NULL,
  CONSTRAINT cosigned_head_pkey PRIMARY KEY (origin, size)
);

CREATE TABLE cosigned_log (
  origin text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT cosigned_log_pkey PRIMARY KEY (origin)
);

CREATE TABLE delegation (
  venue_id bigint NOT NULL,
  thumbprint bytea NOT NULL,
  signed bytea NOT NULL,
  nonce bytea,
  given_by bytea NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  confirmed_at timestamp with time zone,
  reason text,
  succeeds boolean NOT NULL DEFAULT false,
  by_code boolean NOT NULL DEFAULT false,
  CONSTRAINT delegation_pkey PRIMARY KEY (venue_id, thumbprint),
  CONSTRAINT delegation_reason_check CHECK ((reason = ANY (ARRAY['expired'::text, 'not-yet'::text, 'second-hand'::text, 'nonce-used'::text, 'not-owner'::text, 'owner-revoked'::text, 'second-successor'::text, 'old-revoked'::text, 'old-unconfirmed'::text])))
);
CREATE INDEX delegation_by_giver ON public.delegation USING btree (venue_id, given_by) WHERE succeeds;
CREATE INDEX delegation_by_nonce ON public.delegation USING btree (venue_id, nonce);

CREATE TABLE enrolment_code (
  venue_id bigint NOT NULL,
  hash bytea NOT NULL,
  role text NOT NULL,
  made_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  used_by bytea,
  CONSTRAINT enrolment_code_pkey PRIMARY KEY (venue_id, hash),
  CONSTRAINT enrolment_code_role_check CHECK ((role = ANY (ARRAY['gate'::text, 'owner'::text])))
);

CREATE TABLE entry (
  venue_id bigint NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  counter integer NOT NULL,
  late_s integer NOT NULL,
  anchor_ref integer NOT NULL,
  day_key_id integer NOT NULL,
  gate_no smallint NOT NULL,
  check_code smallint NOT NULL,
  record_code smallint NOT NULL,
  kind smallint NOT NULL,
  flags smallint NOT NULL,
  subject_hash bytea NOT NULL,
  subject bytea NOT NULL,
  claimed_at timestamp with time zone,
  CONSTRAINT entry_pkey PRIMARY KEY (venue_id, entered_at, gate_no, counter)
) PARTITION BY RANGE (entered_at);

CREATE TABLE gate (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  gate_key bytea NOT NULL,
  thumbprint bytea NOT NULL,
  name text NOT NULL,
  enrolled_at timestamp with time zone NOT NULL,
  start_counter integer NOT NULL,
  start_hash bytea NOT NULL,
  parent_no smallint,
  revoked_after integer,
  regressed_at timestamp with time zone,
  gap_closed_at timestamp with time zone,
  revoked_at timestamp with time zone,
  role text NOT NULL DEFAULT 'gate'::text,
  CONSTRAINT gate_pkey PRIMARY KEY (venue_id, gate_no),
  CONSTRAINT gate_role_check CHECK ((role = ANY (ARRAY['gate'::text, 'owner'::text])))
);
CREATE INDEX gate_by_thumbprint ON public.gate USING btree (venue_id, thumbprint);

CREATE TABLE gate_checkpoint (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  day date NOT NULL,
  counter integer NOT NULL,
  head bytea NOT NULL,
  CONSTRAINT gate_checkpoint_pkey PRIMARY KEY (venue_id, gate_no, day)
);

CREATE TABLE gate_counted (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  counted_at timestamp with time zone NOT NULL,
  CONSTRAINT gate_counted_pkey PRIMARY KEY (venue_id, gate_no)
);

CREATE TABLE gate_head (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  head bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  day date NOT NULL,
  seen smallint NOT NULL DEFAULT 0,
  receipt_hash bytea,
  receipt_at timestamp with time zone,
  anchor_ref integer NOT NULL DEFAULT 0,
  anchor bytea,
  CONSTRAINT gate_head_pkey PRIMARY KEY (venue_id, gate_no)
) WITH (fillfactor=50);

CREATE TABLE gate_report (
  venue_id bigint NOT NULL,
  thumbprint bytea NOT NULL,
  bundle_sequence bigint NOT NULL,
  bundle_digest bytea NOT NULL,
  pending bigint NOT NULL,
  app text,
  reported_at timestamp with time zone NOT NULL,
  CONSTRAINT gate_report_pkey PRIMARY KEY (venue_id, thumbprint)
) WITH (fillfactor=70);

CREATE TABLE gone (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  from_counter integer NOT NULL,
  to_counter integer NOT NULL,
  anchor_ref integer NOT NULL,
  CONSTRAINT gone_pkey PRIMARY KEY (venue_id, gate_no, from_counter)
);

CREATE TABLE invite (
  invite_id text NOT NULL,
  code_hash bytea NOT NULL,
  account_id text NOT NULL,
  made_by text,
  made_ms bigint NOT NULL,
  ends_ms bigint NOT NULL,
  approved_by text,
  approved_ms bigint,
  used_ms bigint,
  CONSTRAINT invite_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  CONSTRAINT invite_code_hash_key UNIQUE (code_hash),
  CONSTRAINT invite_pkey PRIMARY KEY (invite_id)
);
CREATE INDEX invite_account ON public.invite USING btree (account_id);

CREATE TABLE nudge (
  venue_id bigint NOT NULL,
  week date NOT NULL,
  quiet_since timestamp with time zone NOT NULL,
  made_at timestamp with time zone NOT NULL,
  CONSTRAINT nudge_pkey PRIMARY KEY (venue_id, week)
);

CREATE TABLE on_call (
  place integer NOT NULL,
  account_id text NOT NULL,
  CONSTRAINT on_call_account_id_key UNIQUE (account_id),
  CONSTRAINT on_call_pkey PRIMARY KEY (place)
);

CREATE TABLE on_call_asked (
  case_id bytea NOT NULL,
  account_id text NOT NULL,
  asked_ms bigint NOT NULL,
  CONSTRAINT on_call_asked_case_id_fkey FOREIGN KEY (case_id) REFERENCES trace_case(case_id) ON DELETE CASCADE,
  CONSTRAINT on_call_asked_pkey PRIMARY KEY (case_id, account_id)
);

CREATE TABLE passkey (
  credential_id bytea NOT NULL,
  account_id text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports jsonb NOT NULL DEFAULT '[]'::jsonb,
  added_ms bigint NOT NULL,
  ended_ms bigint,
  invite_id text,
  told_start boolean NOT NULL DEFAULT false,
  told_end boolean NOT NULL DEFAULT false,
  CONSTRAINT passkey_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  CONSTRAINT passkey_pkey PRIMARY KEY (credential_id)
);
CREATE INDEX passkey_account ON public.passkey USING btree (account_id);

CREATE TABLE poster (
  venue_id bigint NOT NULL,
  poster_no integer NOT NULL,
  made_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  code bytea NOT NULL,
  CONSTRAINT poster_pkey PRIMARY KEY (venue_id, poster_no)
);

CREATE TABLE poster_day (
  venue_id bigint NOT NULL,
  poster_no integer NOT NULL,
  day_start timestamp with time zone NOT NULL,
  visits integer NOT NULL,
  CONSTRAINT poster_day_pkey PRIMARY KEY (venue_id, poster_no, day_start)
) WITH (fillfactor=70);

CREATE TABLE poster_taken (
  venue_id bigint NOT NULL,
  visit bytea NOT NULL,
  day_start timestamp with time zone NOT NULL,
  CONSTRAINT poster_taken_pkey PRIMARY KEY (venue_id, visit)
);

CREATE TABLE receipt (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  head bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  hash bytea NOT NULL,
  signed bytea NOT NULL,
  CONSTRAINT receipt_pkey PRIMARY KEY (venue_id, gate_no, counter)
);
CREATE INDEX receipt_by_hash ON public.receipt USING btree (venue_id, hash);

CREATE TABLE receipt_again (
  venue_id bigint NOT NULL,
  hash bytea NOT NULL,
  gate_no smallint NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT receipt_again_pkey PRIMARY KEY (venue_id, hash)
);

CREATE TABLE registration (
  registration_id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  account_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  region text NOT NULL,
  business_number text,
  made_at timestamp with time zone NOT NULL,
  approved_at timestamp with time zone,
  approved_by text,
  became bigint,
  CONSTRAINT registration_pkey PRIMARY KEY (registration_id)
);
CREATE INDEX registration_by_account ON public.registration USING btree (account_id);
CREATE INDEX registration_waiting ON public.registration USING btree (made_at) WHERE (approved_at IS NULL);

CREATE TABLE rejected (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  hash bytea NOT NULL,
  reason smallint NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT rejected_pkey PRIMARY KEY (venue_id, gate_no, counter)
);

CREATE TABLE revocation (
  venue_id bigint NOT NULL,
  thumbprint bytea NOT NULL,
  at timestamp with time zone NOT NULL,
  told_at timestamp with time zone,
  CONSTRAINT revocation_pkey PRIMARY KEY (venue_id, thumbprint)
);
CREATE INDEX revocation_untold ON public.revocation USING btree (venue_id) WHERE (told_at IS NULL);

CREATE TABLE safe_mark (
  venue_id bigint NOT NULL,
  gate_no smallint NOT NULL,
  counter integer NOT NULL,
  taken_at timestamp with time zone NOT NULL,
  CONSTRAINT safe_mark_pkey PRIMARY KEY (venue_id, gate_no)
);

CREATE TABLE schema_migration (
  number integer NOT NULL,
  name text NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  CONSTRAINT schema_migration_pkey PRIMARY KEY (number)
);

CREATE TABLE session (
  token_hash bytea NOT NULL,
  account_id text NOT NULL,
  credential_id bytea,
  signed_in_ms bigint NOT NULL,
  ends_ms bigint NOT NULL,
  CONSTRAINT session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  CONSTRAINT session_credential_id_fkey FOREIGN KEY (credential_id) REFERENCES passkey(credential_id),
  CONSTRAINT session_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX session_account ON public.session USING btree (account_id);
CREATE INDEX session_ends ON public.session USING btree (ends_ms);

CREATE TABLE sheet (
  venue_id bigint NOT NULL,
  sheet_no integer NOT NULL,
  lines smallint NOT NULL,
  printed_at timestamp with time zone NOT NULL,
  day date,
  typed_at timestamp with time zone,
  destroyed_at timestamp with time zone,
  destroyed_by text,
  CONSTRAINT sheet_pkey PRIMARY KEY (venue_id, sheet_no)
);
CREATE INDEX sheet_kept ON public.sheet USING btree (venue_id, day) WHERE (destroyed_at IS NULL);

CREATE TABLE sheet_line (
  venue_id bigint NOT NULL,
  sheet_no integer NOT NULL,
  line smallint NOT NULL,
  day_start timestamp with time zone NOT NULL,
  CONSTRAINT sheet_line_pkey PRIMARY KEY (venue_id, sheet_no, line)
);

CREATE TABLE trace_case (
  case_id bytea NOT NULL,
  case_bytes bytea NOT NULL,
  account_id text NOT NULL,
  taken_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT trace_case_pkey PRIMARY KEY (case_id)
);

CREATE TABLE trace_document (
  case_id bytea NOT NULL,
  name text NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT trace_document_case_id_fkey FOREIGN KEY (case_id) REFERENCES trace_case(case_id) ON DELETE CASCADE,
  CONSTRAINT trace_document_pkey PRIMARY KEY (case_id, name)
);

CREATE TABLE trace_quota (
  day date NOT NULL,
  account_id text NOT NULL,
  cases integer NOT NULL,
  CONSTRAINT trace_quota_pkey PRIMARY KEY (day, account_id)
);

CREATE TABLE trouble (
  venue_id bigint NOT NULL,
  hour timestamp with time zone NOT NULL,
  what smallint NOT NULL,
  CONSTRAINT trouble_pkey PRIMARY KEY (venue_id, hour)
);

CREATE TABLE venue (
  venue_id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  name text NOT NULL,
  kind text NOT NULL,
  region text NOT NULL,
  enrolment_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  specimen boolean NOT NULL DEFAULT false,
  CONSTRAINT venue_pkey PRIMARY KEY (venue_id)
);

CREATE TABLE venue_hour (
  venue_id bigint NOT NULL,
  hour timestamp with time zone NOT NULL,
  check_code smallint NOT NULL,
  record_code smallint NOT NULL,
  entries integer NOT NULL,
  late integer NOT NULL DEFAULT 0,
  CONSTRAINT venue_hour_pkey PRIMARY KEY (venue_id, hour, check_code, record_code)
);

CREATE TABLE venue_pin (
  venue_id bigint NOT NULL,
  salt bytea NOT NULL,
  hash bytea NOT NULL,
  rounds integer NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT venue_pin_pkey PRIMARY KEY (venue_id)
);

CREATE OR REPLACE FUNCTION public.ingest(p_venue_id bigint, p_gate_no smallint, p_counter integer, p_head bytea, p_seen smallint, p_new_counter integer, p_new_head bytea, p_received_at timestamp with time zone, p_day date, p_at timestamp with time zone[], p_n integer[], p_late_s integer[], p_anchor integer[], p_day_key integer[], p_check smallint[], p_record smallint[], p_kind smallint[], p_flags smallint[], p_subject_hash bytea[], p_subject bytea[], p_claimed_at timestamp with time zone[], p_anchors bytea[], p_rejected_n integer[], p_rejected_hash bytea[], p_rejected_reason smallint[], p_receipt_hash bytea, p_receipt bytea, OUT matched boolean, OUT counter integer, OUT head bytea)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.ingest(p_venue_id bigint, p_gate_no smallint, p_counter integer, p_head bytea, p_seen smallint, p_new_counter integer, p_new_head bytea, p_received_at timestamp with time zone, p_day date, p_at timestamp with time zone[], p_n integer[], p_late_s integer[], p_anchor integer[], p_day_key integer[], p_check smallint[], p_record smallint[], p_kind smallint[], p_flags smallint[], p_subject_hash bytea[], p_subject bytea[], p_claimed_at timestamp with time zone[], p_anchors bytea[], p_rejected_n integer[], p_rejected_hash bytea[], p_rejected_reason smallint[], p_receipt_hash bytea, p_receipt bytea, p_mark_n integer[], p_mark_head bytea[], OUT matched boolean, OUT counter integer, OUT head bytea)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
END $function$;
