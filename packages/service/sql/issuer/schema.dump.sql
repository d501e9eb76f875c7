CREATE TABLE certified_key (
  thumbprint bytea NOT NULL,
  CONSTRAINT certified_key_pkey PRIMARY KEY (thumbprint)
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

CREATE TABLE enrolment (
  secret_hash bytea NOT NULL,
  person bytea NOT NULL,
  nonce bytea NOT NULL,
  as_of bigint,
  enrolled_at bigint NOT NULL,
  CONSTRAINT enrolment_pkey PRIMARY KEY (secret_hash)
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
