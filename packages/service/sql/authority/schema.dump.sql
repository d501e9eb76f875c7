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
  CONSTRAINT notice_pkey PRIMARY KEY (notice_no),
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
