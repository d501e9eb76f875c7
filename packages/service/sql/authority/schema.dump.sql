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

CREATE TABLE canary_heard (
  canary text NOT NULL,
  sequence bigint NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT canary_heard_pkey PRIMARY KEY (canary)
);

CREATE TABLE case_to_end (
  case_id bytea NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT case_to_end_pkey PRIMARY KEY (case_id)
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

CREATE TABLE day_key (
  key_id integer NOT NULL,
  day date NOT NULL,
  spare boolean NOT NULL,
  public_key bytea NOT NULL,
  CONSTRAINT day_key_pkey PRIMARY KEY (key_id)
);

CREATE TABLE document_sequence (
  document text NOT NULL,
  last bigint NOT NULL,
  CONSTRAINT document_sequence_pkey PRIMARY KEY (document)
);

CREATE TABLE incident (
  incident_no bigint NOT NULL,
  component text NOT NULL,
  state text NOT NULL,
  repeats bigint,
  exercise boolean NOT NULL,
  cause jsonb,
  measures jsonb NOT NULL DEFAULT '[]'::jsonb,
  closed boolean NOT NULL DEFAULT false,
  CONSTRAINT incident_pkey PRIMARY KEY (incident_no),
  CONSTRAINT incident_state_check CHECK ((state = ANY (ARRAY['slow'::text, 'down'::text])))
);
CREATE UNIQUE INDEX incident_open ON public.incident USING btree (component) WHERE (NOT closed);

CREATE TABLE incident_event (
  incident_no bigint NOT NULL,
  event_no integer NOT NULL,
  what text NOT NULL,
  at bigint NOT NULL,
  notice text,
  account_id text,
  CONSTRAINT incident_event_incident_no_fkey FOREIGN KEY (incident_no) REFERENCES incident(incident_no),
  CONSTRAINT incident_event_pkey PRIMARY KEY (incident_no, event_no)
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

CREATE TABLE log_body (
  body text NOT NULL,
  public_key bytea NOT NULL,
  known_since bigint NOT NULL,
  CONSTRAINT log_body_pkey PRIMARY KEY (body, public_key)
);

CREATE TABLE log_cosignature (
  size bigint NOT NULL,
  body text NOT NULL,
  cosignature bytea NOT NULL,
  CONSTRAINT log_cosignature_pkey PRIMARY KEY (size, body)
);

CREATE TABLE log_head (
  size bigint NOT NULL,
  root bytea NOT NULL,
  at bigint NOT NULL,
  head bytea NOT NULL,
  CONSTRAINT log_head_pkey PRIMARY KEY (size)
);

CREATE TABLE log_line (
  index bigint NOT NULL,
  line_id bytea NOT NULL,
  body text NOT NULL,
  kind text NOT NULL,
  logged_at bigint NOT NULL,
  day date,
  count bigint,
  line bytea NOT NULL,
  CONSTRAINT log_line_line_id_key UNIQUE (line_id),
  CONSTRAINT log_line_pkey PRIMARY KEY (index)
);
CREATE INDEX log_line_by_day ON public.log_line USING btree (kind, day);

CREATE TABLE log_node (
  level smallint NOT NULL,
  n bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT log_node_pkey PRIMARY KEY (level, n)
);

CREATE TABLE log_state (
  one_row boolean NOT NULL DEFAULT true,
  size bigint NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT log_state_one_row_check CHECK (one_row),
  CONSTRAINT log_state_pkey PRIMARY KEY (one_row)
);

CREATE TABLE notice (
  notice_no bigint NOT NULL,
  notice text,
  status text NOT NULL,
  obligation text,
  parameters jsonb NOT NULL,
  valid_from bigint NOT NULL,
  said_by text,
  incident_no bigint,
  CONSTRAINT notice_pkey PRIMARY KEY (notice_no),
  CONSTRAINT notice_said_by_check CHECK ((said_by = ANY (ARRAY['table'::text, 'person'::text]))),
  CONSTRAINT notice_status_check CHECK ((status = ANY (ARRAY['provisional'::text, 'confirmed'::text])))
);

CREATE TABLE notified_file (
  day date NOT NULL,
  root_version bigint NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT notified_file_pkey PRIMARY KEY (day)
);

CREATE TABLE notified_tag (
  day date NOT NULL,
  tag bytea NOT NULL,
  padding boolean NOT NULL,
  CONSTRAINT notified_tag_pkey PRIMARY KEY (day, tag)
);

CREATE TABLE observation (
  canary text NOT NULL,
  sequence bigint NOT NULL,
  at bigint NOT NULL,
  seen jsonb NOT NULL,
  CONSTRAINT observation_pkey PRIMARY KEY (canary, sequence)
);
CREATE INDEX observation_at ON public.observation USING btree (at);

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

CREATE TABLE published (
  document text NOT NULL,
  sequence bigint NOT NULL,
  issued_at bigint NOT NULL,
  digest bytea NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT published_pkey PRIMARY KEY (document, sequence)
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
