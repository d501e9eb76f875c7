-- The authority desk: what it published, the public halves of its day keys, and what counts right now.

-- The last number given to each kind of document; numbers only grow.
CREATE TABLE document_sequence (
  document text PRIMARY KEY,
  last bigint NOT NULL
);

-- Every document as it was signed.
CREATE TABLE published (
  document text NOT NULL,
  sequence bigint NOT NULL,
  issued_at bigint NOT NULL,
  digest bytea NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (document, sequence)
);

-- Public halves of the keys that subjects are sealed for. The private halves are in the key store and in no backup.
CREATE TABLE day_key (
  key_id integer PRIMARY KEY,
  day date NOT NULL,
  spare boolean NOT NULL,
  public_key bytea NOT NULL
);

-- The notices as they were published, oldest first; the last one counts.
CREATE TABLE notice (
  notice_no bigint PRIMARY KEY,
  notice text,
  status text NOT NULL CHECK (status IN ('provisional', 'confirmed')),
  obligation text,
  parameters jsonb NOT NULL,
  valid_from bigint NOT NULL
);
