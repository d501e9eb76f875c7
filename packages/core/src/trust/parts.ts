import type { CborValue } from '../encoding/index.ts';
import { fieldReader } from './fields.ts';
import type { BundleParts, OfficerEntry } from './types.ts';

const read = fieldReader('trust.structure', 'trust bundle');
const ROLES = ['owner', 'staff', 'inspector', 'officer', 'operator'] as const;

/** The last field of a bundle: named parts, of which a reader takes those that it knows (docs/protocol/bundle.cddl). */
export function partsPayload({ bodies, officers, log, doors }: BundleParts): CborValue {
  const parts = new Map<string, CborValue>();
  if (bodies)
    parts.set('bodies', new Map([...bodies].map(([body, keys]): [string, CborValue] => [body, [...keys]])));
  if (officers)
    parts.set(
      'officers',
      officers.map((o): CborValue => [o.body, o.role, o.credentialId, o.publicKey, o.from, o.until]),
    );
  if (doors)
    parts.set('doors', new Map([...doors].map(([issuer, all]): [string, CborValue] => [issuer, [...all]])));
  if (log) parts.set('log', [log.origin, log.key, log.head, [...log.cosignatures]]);
  return parts;
}

function officer(value: CborValue): OfficerEntry {
  const [body, role, credentialId, publicKey, from, until] = read.array(value, 'an officer', 6);
  return {
    body: read.text(body, 'body of an officer', 40),
    role: read.word(role, 'role of an officer', ROLES),
    credentialId: read.bytes(credentialId, 'credential of an officer', 1, 1023),
    publicKey: read.bytes(publicKey, 'key of an officer', 65, 91),
    from: read.uint(from, 'from of an officer'),
    until: read.orNull(until, (n) => read.uint(n, 'until of an officer')),
  };
}

function bodiesFrom(value: CborValue): ReadonlyMap<string, readonly Uint8Array[]> {
  const bodies = new Map<string, readonly Uint8Array[]>();
  for (const [body, keys] of read.map(value, 'bodies'))
    bodies.set(
      read.text(body, 'name of a body', 40),
      read.array(keys, 'line keys of a body', 1, 8).map((key) => read.bytes(key, 'a line key', 65)),
    );
  return bodies;
}

function doorsFrom(value: CborValue): ReadonlyMap<string, readonly string[]> {
  const doors = new Map<string, readonly string[]>();
  for (const [issuer, all] of read.map(value, 'doors'))
    doors.set(
      read.text(issuer, 'name of an issuer'),
      read.array(all, 'doors of an issuer', 1, 16).map((one) => read.text(one, 'an address', 500)),
    );
  return doors;
}

/** Reads the parts that are known here; every other name is left alone. Throws `trust.structure`. */
export function partsFrom(value: CborValue): BundleParts {
  const parts = read.map(value, 'parts');
  const [bodies, officers, log] = [parts.get('bodies'), parts.get('officers'), parts.get('log')];
  const doors = parts.get('doors');
  const [origin, key, head, cosignatures] = log === undefined ? [] : read.array(log, 'log', 4);
  return {
    ...(bodies === undefined ? {} : { bodies: bodiesFrom(bodies) }),
    ...(officers === undefined ? {} : { officers: read.array(officers, 'officers', 0, 2000).map(officer) }),
    ...(doors === undefined ? {} : { doors: doorsFrom(doors) }),
    ...(log === undefined
      ? {}
      : {
          log: {
            origin: read.text(origin, 'origin of the log', 100),
            key: read.bytes(key, 'key of the log', 65),
            head: read.orNull(head, (bytes) => read.bytes(bytes, 'head of the log', 1, 1024)),
            cosignatures: read
              .array(cosignatures, 'cosignatures', 0, 16)
              .map((one) => read.bytes(one, 'a cosignature', 1, 1024)),
          },
        }),
  };
}
