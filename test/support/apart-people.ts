import { batchToJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, type Signer } from '@munjigi/core/signing';
import { type Bundle, openBundle, openRoot } from '@munjigi/core/trust';
import { TestAuthenticator } from './authenticator.ts';
import { crypto, entryOf, type Guest, presenceProof, type ToSign } from './case-stand.ts';
import { TestGate } from './register.ts';
import { provenKeys } from './service.ts';
import { type Machine, originOf, type ThreeBodies, until } from './three-bodies.ts';

/** An officer of one body, by their body's own machine alone. */
export interface ApartOfficer {
  readonly key: TestAuthenticator;
  call: Machine['call'];
  /** Signs what the own console shows. */
  sign(toSign: ToSign): object;
}

const wanted = async (answer: Awaited<ReturnType<Machine['call']>>) => {
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json;
};

/** Invites and enrols an officer, and waits until the authority's bundle names the passkey. */
export async function officerOf(stand: ThreeBodies, desk: 'authority' | 'register'): Promise<ApartOfficer> {
  const machine = stand.machines[desk];
  const key = new TestAuthenticator();
  const invite = { name: `officer of ${desk}`, roles: ['officer'] };
  const { code } = await wanted(await machine.operate('POST', '/session/invite', invite));
  const { options } = await wanted(await machine.call('POST', '/session/enrol-options', { code }));
  const response = key.create(options, originOf(desk));
  const enrolled = await machine.call('POST', '/session/enrol', { response });
  await wanted(enrolled);
  const headers = {
    cookie: enrolled.headers.get('set-cookie')!.split(';')[0]!,
    'sec-fetch-site': 'same-origin',
  };
  await until(`the bundle names the officer of the ${desk}`, async () =>
    (await bundleOf(stand))?.parts?.officers?.some(
      ({ body, credentialId }) => body === desk && Buffer.from(credentialId).equals(key.id),
    ),
  );
  return {
    key,
    call: (method, path, body) => machine.call(method, path, body, headers),
    sign(toSign) {
      const { id, response: made } = key.get(toSign, originOf(desk));
      const { authenticatorData, clientDataJSON, signature } = made;
      return { credentialId: id, authenticatorData, clientDataJSON, signature };
    },
  };
}

/** The bundle that the authority publishes, or null where it publishes none or is away. */
export async function bundleOf({ machines }: ThreeBodies): Promise<Bundle | null> {
  const fetched = async (name: string) => {
    const answer = await fetch(`http://127.0.0.1:${machines.authority.port}/api/authority/${name}`);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  const [root, bytes] = [await fetched('root').catch(() => null), await fetched('bundle').catch(() => null)];
  return root && bytes ? (await openBundle(bytes, await openRoot(root, crypto), crypto)).bundle : null;
}

/** A visitor of the issuer, with passes. */
export async function visitorOf(stand: ThreeBodies, person: string) {
  const { issuer } = stand.machines;
  const enrolled = await wanted(
    await issuer.call('POST', '/enrolments', { provider: 'demonstration', assertion: { person } }),
  );
  const keys = provenKeys(fromBase64(enrolled.nonce), 10);
  const { passes } = await wanted(
    await issuer.call('POST', '/batches', {
      enrolment: enrolled.enrolment,
      nonce: enrolled.nonce,
      keys: keys.map(({ key, proof }) => ({ key, proof })),
    }),
  );
  const issuers = (await bundleOf(stand))!.issuers.filter(({ usage }) => usage === 'pass');
  const { kid } = issuers.at(-1)!;
  return {
    name: enrolled.person.name as string,
    notices: passes.map(({ notice }: { notice: string }) => fromBase64(notice)) as Uint8Array[],
    shows: (pass: number, drawnAt: number) => presenceProof(keys[pass]!.signer as Signer, kid, drawnAt),
  };
}

/** A venue with a gate at which guests were written down. Answers the venue's id. */
export async function venueWith(stand: ThreeBodies, guests: readonly Guest[]): Promise<number> {
  const { register } = stand.machines;
  const venue = await wanted(
    await register.operate('POST', '/venues', { name: 'Sikdang', kind: 'restaurant', region: 'seoul' }),
  );
  const gate = new TestGate(venue.venueId);
  const gateKey = compressPoint(gate.signer.publicKey);
  const proof = await gate.signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
  await wanted(
    await register.call('POST', '/gates', {
      ...venue,
      name: 'door',
      gateKey: toBase64url(gateKey),
      proof: toBase64url(proof),
    }),
  );
  const bundle = (await bundleOf(stand))!;
  for (const guest of guests) gate.append(1, guest.at, await entryOf(gate, guest, bundle));
  for (let from = 1; from <= gate.head.counter; from += 500) {
    const batch = await gate.batch(from, Math.min(from + 499, gate.head.counter));
    await wanted(await register.call('POST', '/batches', batchToJson(batch)));
  }
  return venue.venueId;
}

/** Writes a case and signs it by its opener. Answers what was to be signed. */
export async function openCaseOf(
  stand: ThreeBodies,
  opener: ApartOfficer,
  venueId: number,
  change: object = {},
): Promise<ToSign> {
  const now = stand.now();
  const terms = {
    venueId,
    from: now - 6 * 3600,
    until: now - 1,
    basis: 'Act 76-2',
    reason: 'One guest was confirmed',
    issuers: ['kr-2022'],
    cap: 50_000,
    dwellMinutes: 120,
    hours: 24,
    ...change,
  };
  const written: ToSign = await wanted(await opener.call('POST', '/cases', terms));
  await wanted(await opener.call('POST', `/cases/${written.id}/approvals`, opener.sign(written)));
  return written;
}

/** Waits until the register's console shows the case, and signs there. */
export async function approveAt(approver: ApartOfficer, id: string) {
  const shown = await until('the register has the case', async () => {
    const answer = await approver.call('GET', `/cases/${id}`).catch(() => null);
    return answer?.status === 200 && answer.json;
  });
  return approver.call('POST', `/cases/${id}/approvals`, approver.sign(shown));
}
