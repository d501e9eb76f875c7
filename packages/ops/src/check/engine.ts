import {
  checkVerdict,
  type DecisionContext,
  type Inspected,
  inspect,
  unreadablePicture,
} from '@munjigi/core/gate';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import { type Trust, type TrustedKey, trustFromKeys } from '@munjigi/core/trust';
import { readInstant } from './instant.ts';
import { ANY_KEY_ID } from './keys.ts';
import { readPicture } from './picture.ts';
import { type Result, resultOf } from './result.ts';
import { entry, joinTrust } from './trust-file.ts';
import { UsageError } from './usage.ts';

/** What stays the same for a whole run. */
export interface CheckSetup {
  readonly trust: Trust;
  readonly crypto: Crypto;
  /** Seconds; the clock of requests that bring none. */
  readonly at: number;
  readonly issuer: string | null;
  readonly rules: { readonly policy: Policy; readonly venue: DecisionContext['venue'] } | null;
  readonly payload: boolean;
}

/** One code to judge: the text of a scan, or the bytes of a picture. */
export interface CheckRequest {
  readonly id: unknown;
  readonly scan?: string;
  readonly image?: Uint8Array;
  readonly at?: number;
  readonly trust?: readonly unknown[];
  readonly issuer?: string;
}

const REMEMBERED = 256;

/** Judges codes one after another; keys that requests bring are read once and remembered. */
export function checkEngine(setup: CheckSetup): (request: CheckRequest) => Promise<Result> {
  const read = new Map<string, readonly TrustedKey[]>();

  const keysOf = (items: readonly unknown[], issuer: string | null): readonly TrustedKey[] =>
    items.flatMap((item) => {
      const name = JSON.stringify([item, issuer]);
      let keys = read.get(name);
      if (!keys) {
        keys = entry(item, { issuer });
        if (read.size >= REMEMBERED) read.clear();
        read.set(name, keys);
      }
      return keys;
    });

  return async (request) => {
    const at = request.at ?? setup.at;
    const issuer = request.issuer ?? setup.issuer;
    const own = request.trust ? [trustByHand(keysOf(request.trust, issuer), setup.trust)] : [];
    const trust = own.length === 0 ? setup.trust : joinTrust([...own, setup.trust]);
    let inspected: Inspected;
    if (request.scan !== undefined) {
      inspected = await inspect(request.scan, trust, setup.crypto, setup);
    } else {
      const picture = await readPicture(request.image ?? new Uint8Array(0));
      if ('codes' in picture) inspected = unreadablePicture(picture.codes);
      else {
        const found = await inspect(picture.text, trust, setup.crypto, setup);
        inspected = { ...found, steps: { ...found.steps, picture: 'ok' } };
      }
    }
    const judged = checkVerdict(inspected, trust, at, setup.rules ?? undefined);
    return resultOf(request.id, inspected, judged, setup.payload);
  };
}

/** Keys given by hand, where a bare key stands for any key id. */
export function trustByHand(keys: readonly TrustedKey[], beside?: Pick<Trust, 'grid'>): Trust {
  const trust = trustFromKeys(keys, beside?.grid ?? null);
  return {
    ...trust,
    keys: (format, keyId) => [...trust.keys(format, keyId), ...trust.keys(format, ANY_KEY_ID)],
  };
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A request from one line of NDJSON. Throws a `UsageError` that says what is wrong with the line; `id` is kept where there
 * is one.
 */
export function readRequest(json: unknown): CheckRequest {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new UsageError('a request is a JSON object');
  const { id = null, scan, image, at, trust, issuer } = json as Json;
  const wrong = (what: string) => Object.assign(new UsageError(what), { id });
  if ((typeof scan === 'string') === (typeof image === 'string'))
    throw wrong('a request has either "scan" or "image", a text');
  const seconds = typeof at === 'string' ? readInstant(at) : null;
  if (at !== undefined && at !== null && seconds === null) throw wrong('"at" is an ISO 8601 date and time');
  if (trust !== undefined && trust !== null && !Array.isArray(trust)) throw wrong('"trust" is a list');
  return {
    id,
    ...(typeof scan === 'string'
      ? { scan }
      : { image: new Uint8Array(Buffer.from(image as string, 'base64')) }),
    ...(seconds === null ? {} : { at: seconds }),
    ...(Array.isArray(trust) ? { trust } : {}),
    ...(typeof issuer === 'string' ? { issuer } : {}),
  };
}
