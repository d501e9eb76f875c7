import { randomBytes } from 'node:crypto';
import type { Entry } from '@munjigi/core/chain';
import { encodeDeterministic, fromBase64, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes, presentationToBeSigned } from '@munjigi/core/entry-pass';
import type { CheckWord, RecordWord, Subject } from '@munjigi/core/gate';
import { openPoster, posterKeysOf, type SealedVisit, sealVisit } from '@munjigi/core/poster';
import { calendarOf } from '@munjigi/core/rules';
import { sealSubject } from '@munjigi/core/sealed';
import { compressPoint, keyThumbprint, type Signer } from '@munjigi/core/signing';
import { type Bundle, dayKeyFor, openBundle, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { OPERATOR } from '../../packages/service/src/lib/who.ts';
import { originOf, type SignedIn, sessionHeaders } from './accounts.ts';
import { type Oddities, TestAuthenticator } from './authenticator.ts';
import { TestGate } from './register.ts';
import {
  provenKeys,
  STORY_SECONDS,
  startTestService,
  type TestService,
  type TestServiceOptions,
} from './service.ts';

export const crypto = nodeCrypto();
const HEADER = encodeDeterministic(new Map([[1, -7]]));

/** An officer with a passkey, signed in at their own body's console. */
export interface Officer extends SignedIn {
  readonly key: TestAuthenticator;
  /** The assertion over a case, as the console posts it. */
  sign(toSign: ToSign, odd?: Oddities): Assertion;
  /** Signs in again: a session ends after twelve hours. */
  again(): Promise<Officer>;
}

export interface ToSign {
  readonly id: string;
  readonly case: string;
  readonly challenge: string;
  readonly rpId: string;
}
export interface Assertion {
  credentialId: string;
  authenticatorData: string;
  clientDataJSON: string;
  signature: string;
}

/** A visitor with live passes of the demonstration's issuer. */
export interface Visitor {
  readonly name: string;
  readonly kid: Uint8Array;
  readonly keys: readonly Signer[];
  readonly notices: readonly Uint8Array[];
  /** A presence proof of the pass with that number, drawn at a second. */
  shows(pass: number, drawnAt: number, lane?: 0 | 1): Promise<Subject>;
}

export interface Guest {
  readonly subject: Subject | null;
  readonly at: number;
  readonly check?: CheckWord;
  readonly record?: RecordWord;
  /** Change of the finished entry. */
  readonly entry?: Partial<Entry>;
  /** Seals for another place than the entry's own. */
  readonly sealedFor?: Partial<{ venueId: number; counter: number; day: string }>;
}

export interface CaseStand {
  readonly test: TestService;
  /** Milliseconds that the story has gone on. */
  later(ms: number): void;
  nowSeconds(): number;
  officer(body: 'authority' | 'register', key?: TestAuthenticator): Promise<Officer>;
  /** @param passes how many live passes they get, at most 60 */
  visitor(person: string, passes?: number): Promise<Visitor>;
  venue(): Promise<{ venueId: number; enrolmentCode: string }>;
  gate(venue: { venueId: number; enrolmentCode: string }): Promise<TestGate>;
  bundle(): Promise<Bundle>;
  /** Writes guests down at a gate and sends them. */
  guests(gate: TestGate, guests: readonly Guest[]): Promise<void>;
  send(gate: TestGate, from?: number): Promise<void>;
  /** Who it was, sealed as a wallet does that scanned the code of a poster. */
  sealedVisit(code: Uint8Array, subject: Subject, at: number): Promise<SealedVisit>;
}

/** A service of two bodies with officers, a venue, gates and visitors, all real; its clock is the test's. */
export async function startCaseStand(options: TestServiceOptions = {}): Promise<CaseStand> {
  let passed = 0;
  const begun = Date.now();
  const test = await startTestService({ ...options, machine: () => begun + passed });
  const desks = test.service.desks;
  let bundle: { readonly bytes: Uint8Array; readonly value: Bundle } | null = null;

  const officerWith = (
    body: 'authority' | 'register',
    accountId: string,
    key: TestAuthenticator,
    token: string,
  ): Officer => {
    const headers = sessionHeaders(body, token);
    return {
      accountId,
      token,
      headers,
      key,
      call: (method, url, sent) => test.call(method, url, sent, headers),
      sign(toSign, odd = {}) {
        const { id, response } = key.get(toSign, originOf(body), odd);
        const { authenticatorData, clientDataJSON, signature } = response;
        return { credentialId: id, authenticatorData, clientDataJSON, signature };
      },
      again: async () => {
        const begun = await test.service.accounts.get(body)!.begin(accountId);
        return officerWith(body, accountId, key, begun.token);
      },
    };
  };

  const stand: CaseStand = {
    test,
    later: (ms) => {
      passed += ms;
    },
    nowSeconds: () => STORY_SECONDS + Math.floor(passed / 1000),
    async officer(body, key = new TestAuthenticator()) {
      const accounts = test.service.accounts.get(body)!;
      const invite = await accounts.invite({ name: `officer of ${body}`, roles: ['officer'] }, OPERATOR);
      if (invite.needsApproval) {
        const others = await accounts.list({ role: 'officer' });
        const other = others.find(({ passkeys }) => passkeys.length > 0)!;
        await accounts.approveInvite(invite.inviteId, {
          ...OPERATOR,
          accountId: other.accountId,
          roles: ['officer'],
        });
      }
      const asked = await accounts.enrolOptions({ code: invite.code });
      const { token } = await accounts.enrol(key.create(asked, originOf(body)) as never);
      await desks.authority!.refresh();
      return officerWith(body, invite.accountId, key, token);
    },
    async visitor(person, count = 10) {
      const enrolment = (
        await test.call('POST', '/api/issuer/enrolments', {
          provider: 'demonstration',
          assertion: { person },
        })
      ).json;
      const keys = provenKeys(fromBase64(enrolment.nonce), count);
      const { passes } = (
        await test.call('POST', '/api/issuer/batches', {
          enrolment: enrolment.enrolment,
          nonce: enrolment.nonce,
          keys: keys.map(({ key, proof }) => ({ key, proof })),
        })
      ).json;
      const issuers = (await stand.bundle()).issuers.filter(({ usage }) => usage === 'pass');
      const signers = keys.map(({ signer }) => signer);
      const { kid } = issuers[issuers.length - 1]!;
      return {
        name: enrolment.person.name,
        kid,
        keys: signers,
        notices: passes.map(({ notice }: { notice: string }) => fromBase64(notice)),
        shows: (pass, drawnAt, lane = 0) => presenceProof(signers[pass]!, kid, drawnAt, lane),
      };
    },
    venue: () => desks.register!.enrolVenue({ name: 'Sikdang', kind: 'restaurant', region: 'seoul' }),
    async sealedVisit(code, subject, at) {
      const bundle = await stand.bundle();
      const poster = await openPoster(code, posterKeysOf(bundle), crypto);
      const calendar = calendarOf('Asia/Seoul');
      const ekm = new Uint8Array(randomBytes(32));
      return (await sealVisit({ poster, subject, at, bundle, calendar, ekm }))!;
    },
    async gate(venue) {
      const gate = new TestGate(venue.venueId);
      const gateKey = compressPoint(gate.signer.publicKey);
      const proof = await gate.signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
      await desks.register!.enrolGate({ ...venue, gateKey, name: 'door', proof });
      return gate;
    },
    async bundle() {
      const bytes = desks.authority!.document('bundle')!;
      if (bundle?.bytes !== bytes) {
        const root = await openRoot(desks.authority!.document('root')!, crypto);
        bundle = { bytes, value: (await openBundle(bytes, root, crypto)).bundle };
      }
      return bundle.value;
    },
    async guests(gate, guests) {
      const from = gate.head.counter + 1;
      for (const guest of guests) gate.append(1, guest.at, await entryOf(gate, guest, await stand.bundle()));
      await stand.send(gate, from);
    },
    async send(gate, from = 1) {
      for (let at = from; at <= gate.head.counter; at += 500)
        await desks.register!.ingest(await gate.batch(at, Math.min(at + 499, gate.head.counter)));
    },
  };
  return stand;
}

/** What the phone signs when it draws a code. */
export async function presenceProof(
  holder: Signer,
  kid: Uint8Array,
  drawnAt: number,
  lane: 0 | 1 = 0,
): Promise<Subject> {
  const payload = encodeDeterministic([drawnAt, lane]);
  const signed = presentationToBeSigned(keyThumbprint(holder.publicKey), HEADER, payload);
  return {
    kind: 'pass',
    kid,
    holderKey: compressPoint(holder.publicKey),
    drawnAt,
    lane,
    signature: await holder.sign(signed),
  };
}

export async function entryOf(gate: TestGate, guest: Guest, bundle: Bundle): Promise<Partial<Entry>> {
  const { subject, at, check = 'scan', record = 'scan', sealedFor = {} } = guest;
  if (!subject) return { check, record, dayKeyId: 0, subject: new Uint8Array(0), ...guest.entry };
  const day = new Date((at + 9 * 3600) * 1000).toISOString().slice(0, 10);
  const dayKey = dayKeyFor(bundle, day)!;
  const box = await sealSubject({
    subject,
    place: {
      venueId: gate.venueId,
      day,
      gate: gate.thumbprint,
      counter: gate.head.counter + 1,
      check,
      record,
      kind: 'entry',
      ...sealedFor,
    },
    dayKey: dayKey.publicKey,
    ekm: new Uint8Array(randomBytes(32)),
  });
  return { check, record, dayKeyId: dayKey.keyId, subject: box, ...guest.entry };
}

/** The terms of a case over the last hours of the story. */
export const termsOf = (stand: CaseStand, venueId: number, change: Record<string, unknown> = {}) => ({
  venueId,
  from: stand.nowSeconds() - 6 * 3600,
  until: stand.nowSeconds(),
  basis: 'Act 76-2',
  reason: 'One guest was confirmed',
  issuers: ['kr-2022'],
  cap: 100,
  dwellMinutes: 120,
  hours: 24,
  ...change,
});

/** Opens a case by one officer and signs it. */
export async function openedCase(
  stand: CaseStand,
  opener: Officer,
  venueId: number,
  change: Record<string, unknown> = {},
): Promise<ToSign> {
  const written = await opener.call('POST', '/api/authority/cases', termsOf(stand, venueId, change));
  if (written.status !== 200) throw new Error(written.text);
  const signed = await opener.call(
    'POST',
    `/api/authority/cases/${written.json.id}/approvals`,
    opener.sign(written.json),
  );
  if (signed.status !== 200) throw new Error(signed.text);
  return written.json;
}

/** The approver's signature, as the register's own console asks for it. */
export async function approve(approver: Officer, id: string, odd: Oddities = {}) {
  const shown = await approver.call('GET', `/api/register/cases/${id}`);
  return approver.call('POST', `/api/register/cases/${id}/approvals`, approver.sign(shown.json, odd));
}

export const text = (bytes: Uint8Array): string => toBase64url(bytes);
