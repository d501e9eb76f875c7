-- Which bundles gates say they use: two digests for one number mean that the authority's bundle was told in two ways.
-- No venue stands here, so the table stays on one machine where the others are spread by venue.
CREATE TABLE bundle_in_use (
  sequence bigint NOT NULL,
  digest bytea NOT NULL,
  first_seen timestamptz NOT NULL,
  PRIMARY KEY (sequence, digest)
);
