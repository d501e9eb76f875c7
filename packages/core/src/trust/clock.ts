import type { CborValue } from '../encoding/index.ts';
import type { Crypto } from '../signing/index.ts';
import { openDelegated } from './bundle.ts';
import { fieldReader } from './fields.ts';
import type { Root, StoryClock } from './types.ts';

const read = fieldReader('trust.structure', 'story clock');

/** The payload of a story clock (docs/protocol/clock.cddl). */
export const clockPayload = (clock: StoryClock): CborValue => [
  1,
  clock.sequence,
  Math.round(clock.storyMs),
  Math.round(clock.realMs),
  Math.round(clock.rate * 1000),
];

/** Verifies a story clock under the root in use. Throws `trust.structure` or `trust.signature`. */
export async function openClock(bytes: Uint8Array, root: Root, crypto: Crypto): Promise<StoryClock> {
  const [document, sequence, storyMs, realMs, rate] = read.array(
    await openDelegated('clock', bytes, root, crypto),
    'five fields',
    5,
  );
  return {
    version: read.version(document),
    sequence: read.uint(sequence, 'sequence', 1),
    storyMs: read.uint(storyMs, 'story-ms'),
    realMs: read.uint(realMs, 'real-ms'),
    rate: read.uint(rate, 'rate-thousandths', 0, 1_000_000) / 1000,
  };
}

/** The instant that is played, in milliseconds, at an instant of the machine's clock. */
export const storyAt = (clock: StoryClock, realMs: number): number =>
  clock.storyMs + (realMs - clock.realMs) * clock.rate;
