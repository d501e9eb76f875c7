CREATE TABLE certified_key (
  thumbprint bytea NOT NULL,
  CONSTRAINT certified_key_pkey PRIMARY KEY (thumbprint)
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

CREATE TABLE schema_migration (
  number integer NOT NULL,
  name text NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  CONSTRAINT schema_migration_pkey PRIMARY KEY (number)
);

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
