import type { CborValue } from '../encoding/index.ts';
import { equalBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { type Crypto, parseDocument, type Signer, signDocument, spkiFromPoint } from '../signing/index.ts';
import { signerKid } from '../trust/cose-sign.ts';
import { fieldReader } from '../trust/fields.ts';
import { type CanaryKey, type Observation, type Seen, SIDES, STATES, STEPS } from './types.ts';

const read = fieldReader('incident.structure', 'observation');

/** Largest observation that is read at all. */
export const MAX_OBSERVATION_BYTES = 8192;
const MOST_SEEN = 64;
const MOST_MS = 3_600_000;
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

function name(value: CborValue | undefined, what: string): string {
  const text = read.text(value, what, 40);
  if (!NAME.test(text)) throw read.wrong(`${what} is a word of small letters, digits and -`);
  return text;
}

const seenOut = ({ component, door, side, state, step, ms }: Seen): CborValue => [
  component,
  door,
  SIDES.indexOf(side),
  STATES.indexOf(state),
  step,
  ms,
];

function seenIn(value: CborValue): Seen {
  const [component, door, side, state, step, ms] = read.array(value, 'six fields of a look', 6);
  return {
    component: name(component, 'component'),
    door: name(door, 'door'),
    side: SIDES[read.uint(side, 'side', 0, SIDES.length - 1)]!,
    state: STATES[read.uint(state, 'state', 0, STATES.length - 1)]!,
    step: read.word(step, 'step', STEPS),
    ms: read.orNull(ms, (taken) => read.uint(taken, 'ms', 0, MOST_MS)),
  };
}

function readObservation(payload: CborValue): Observation {
  const [version, canary, sequence, at, seen] = read.array(payload, 'five fields', 5);
  read.version(version);
  return {
    canary: name(canary, 'canary'),
    sequence: read.uint(sequence, 'sequence', 1),
    at: read.uint(at, 'at'),
    seen: read.array(seen, 'looks', 0, MOST_SEEN).map(seenIn),
  };
}

/** Signs what a round came to, by the canary's own key (docs/protocol/observation.cddl). Throws `incident.structure`. */
export async function signObservation(
  { canary, sequence, at, seen }: Observation,
  signer: Signer,
): Promise<Uint8Array> {
  const payload: CborValue = [1, canary, sequence, at, seen.map(seenOut)];
  readObservation(payload);
  return signDocument('observation', payload, signer, signerKid(signer.publicKey));
}

/**
 * Verifies an observation. A canary speaks for itself alone: the key must be the one that is listed under its name. Whether it is
 * new is for whoever keeps the earlier ones.
 * Throws `incident.structure`, `signing.unknown-key`, `signing.signature` or an encoding error.
 */
export async function openObservation(
  bytes: Uint8Array,
  keys: readonly CanaryKey[],
  crypto: Crypto,
): Promise<Observation> {
  const parsed = parseDocument('observation', bytes, MAX_OBSERVATION_BYTES);
  const observation = readObservation(parsed.payload);
  const key = keys.find(
    ({ name: canary, publicKey }) =>
      canary === observation.canary && equalBytes(signerKid(publicKey), parsed.kid),
  );
  if (!key)
    throw new MunjigiError(
      'signing.unknown-key',
      'The observation is signed by a key that is not listed for its canary.',
    );
  const good = await crypto.verify(
    'ES256',
    spkiFromPoint(key.publicKey),
    parsed.toBeSigned,
    parsed.signature,
  );
  if (!good) throw new MunjigiError('signing.signature', 'The signature of the observation does not match.');
  return observation;
}
