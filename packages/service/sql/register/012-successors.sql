-- A gate whose chain has forked goes on under a new key, which the old one certified. It stands with the gates that were let
-- in, because it is marked and confirmed as they are.

-- A delegation is good once; a successor names one key and needs no nonce.
ALTER TABLE delegation ALTER COLUMN nonce DROP NOT NULL;
-- True where `signed` is a successor, and `given_by` the old key whose chain it closed.
ALTER TABLE delegation ADD COLUMN succeeds boolean NOT NULL DEFAULT false;
-- True where the owner confirmed the gate with a code: a second successor of the same key does not take that back.
ALTER TABLE delegation ADD COLUMN by_code boolean NOT NULL DEFAULT false;

ALTER TABLE delegation DROP CONSTRAINT delegation_reason_check;
ALTER TABLE delegation ADD CONSTRAINT delegation_reason_check CHECK (reason IN (
  'expired', 'not-yet', 'second-hand', 'nonce-used', 'not-owner', 'owner-revoked',
  'second-successor', 'old-revoked', 'old-unconfirmed'));

CREATE INDEX delegation_by_giver ON delegation (venue_id, given_by) WHERE succeeds;
