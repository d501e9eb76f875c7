CREATE TABLE account (
  account_id text NOT NULL,
  name text NOT NULL,
  roles jsonb NOT NULL,
  venue_ids jsonb NOT NULL DEFAULT '[]'::jsonb,
  created_ms bigint NOT NULL,
  ended_ms bigint,
  CONSTRAINT account_pkey PRIMARY KEY (account_id)
);
CREATE INDEX account_officer ON public.account USING btree (account_id) WHERE (roles @> '["officer"]'::jsonb);

CREATE TABLE certified_key (
  thumbprint bytea NOT NULL,
  CONSTRAINT certified_key_pkey PRIMARY KEY (thumbprint)
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

CREATE TABLE enrolment (
  secret_hash bytea NOT NULL,
  person bytea NOT NULL,
  nonce bytea NOT NULL,
  as_of bigint,
  enrolled_at bigint NOT NULL,
  first_issued_at bigint,
  queue_work text,
  queue_number bigint,
  queue_seen_at bigint,
  CONSTRAINT enrolment_pkey PRIMARY KEY (secret_hash)
);
CREATE INDEX enrolment_queue ON public.enrolment USING btree (queue_work, queue_number) WHERE (queue_number IS NOT NULL);

CREATE TABLE evidence (
  subject bytea NOT NULL,
  sealed bytea NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT evidence_pkey PRIMARY KEY (subject)
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

CREATE TABLE issue_queue (
  work text NOT NULL,
  serving bigint NOT NULL DEFAULT 0,
  moved_at bigint,
  per_second double precision,
  CONSTRAINT issue_queue_pkey PRIMARY KEY (work),
  CONSTRAINT issue_queue_work_check CHECK ((work = ANY (ARRAY['first'::text, 'renewal'::text, 'paper'::text])))
);

CREATE TABLE issued_pass (
  handle bytea NOT NULL,
  last_day date NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT issued_pass_pkey PRIMARY KEY (handle)
);
CREATE INDEX issued_pass_last_day ON public.issued_pass USING btree (last_day);

CREATE TABLE issuer_key (
  kid smallint NOT NULL,
  usage text NOT NULL,
  public_key bytea NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  withdrawn boolean NOT NULL DEFAULT false,
  canary text NOT NULL,
  CONSTRAINT issuer_key_pkey PRIMARY KEY (kid),
  CONSTRAINT issuer_key_usage_check CHECK ((usage = ANY (ARRAY['pass'::text, 'specimen'::text])))
);

CREATE TABLE paper_page (
  page_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  open_until bigint NOT NULL,
  CONSTRAINT paper_page_pkey PRIMARY KEY (page_hash)
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

CREATE TABLE resolved_case (
  case_hash bytea NOT NULL,
  answered_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  opening_hash bytea,
  found integer NOT NULL DEFAULT 0,
  logged boolean NOT NULL DEFAULT true,
  resolution bytea,
  CONSTRAINT resolved_case_pkey PRIMARY KEY (case_hash)
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

CREATE TABLE sign_in (
  secret_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  open_until bigint NOT NULL,
  CONSTRAINT sign_in_pkey PRIMARY KEY (secret_hash)
);
CREATE INDEX sign_in_open_until ON public.sign_in USING btree (open_until);

CREATE TABLE signed_in_person (
  subject bytea NOT NULL,
  sealed bytea NOT NULL,
  signed_in_at bigint NOT NULL,
  CONSTRAINT signed_in_person_pkey PRIMARY KEY (subject)
);

CREATE TABLE specimen_key (
  thumbprint bytea NOT NULL,
  last_day date NOT NULL,
  CONSTRAINT specimen_key_pkey PRIMARY KEY (thumbprint)
);
CREATE INDEX specimen_key_last_day ON public.specimen_key USING btree (last_day);

CREATE TABLE tag_to_publish (
  day date NOT NULL,
  tag bytea NOT NULL,
  CONSTRAINT tag_to_publish_pkey PRIMARY KEY (day, tag)
);
