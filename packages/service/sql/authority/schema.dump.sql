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

CREATE TABLE notice (
  notice_no bigint NOT NULL,
  notice text,
  status text NOT NULL,
  obligation text,
  parameters jsonb NOT NULL,
  valid_from bigint NOT NULL,
  CONSTRAINT notice_pkey PRIMARY KEY (notice_no),
  CONSTRAINT notice_status_check CHECK ((status = ANY (ARRAY['provisional'::text, 'confirmed'::text])))
);

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
