import { join } from 'node:path';
import { decodeCase, encodeCase, handleSet, openResolution } from '@munjigi/core/case';
import { fromBase64 } from '@munjigi/core/encoding';
import {
  concerns,
  leafHash,
  lineSigner,
  openLogReceipt,
  openNotified,
  signLogReceipt,
} from '@munjigi/core/log';
import { spkiFromPoint } from '@munjigi/core/signing';
import { openRoot } from '@munjigi/core/trust';
import { nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolveBody } from '../packages/service/src/contracts/index.ts';
import { capturedQuestion, lineKeyOf, lyingQuestion, witnessed } from './support/case-capture.ts';
import {
  type CaseStand,
  crypto,
  type Officer,
  openedCase,
  startCaseStand,
  text,
  type Visitor,
} from './support/case-stand.ts';

describe('an issuer says who a handle is for a case that stands, and for nothing else', () => {
  let stand: CaseStand;
  let opener: Officer;
  let approver: Officer;
  let haneul: Visitor;
  let jiho: Visitor;
  let venueId: number;
  let question: ResolveBody;
  let harvested: Uint8Array;

  beforeAll(async () => {
    stand = await startCaseStand();
    opener = await stand.officer('authority');
    approver = await stand.officer('register');
    [haneul, jiho] = [await stand.visitor('haneul'), await stand.visitor('jiho')];
    const venue = await stand.venue();
    venueId = venue.venueId;
    const gate = await stand.gate(venue);
    const at = stand.nowSeconds() - 600;
    await stand.guests(gate, [
      { subject: await haneul.shows(0, at), at },
      { subject: await jiho.shows(0, at + 5), at: at + 5 },
      { subject: { kind: 'phone', number: '01012345678' }, at, record: 'typed', check: 'eye' },
    ]);
    question = (await capturedQuestion(stand, { opener, approver }, venueId)).question;
    const elsewhere = await stand.venue();
    await stand.guests(await stand.gate(elsewhere), [{ subject: await haneul.shows(5, at), at }]);
    const other = await capturedQuestion(stand, { opener, approver }, elsewhere.venueId);
    harvested = fromBase64(other.question.handles[0]!);
  });
  afterAll(() => stand.test.remove());

  const ask = async (change: Partial<ResolveBody>) => {
    const { json } = await stand.test.call('POST', '/api/issuer/resolve', { ...question, ...change });
    return json.error ?? 'answered';
  };

  it('not with one approval, none, or the same one twice', async () => {
    const [first, second] = question.approvals;
    expect(await ask({ approvals: [] })).toBe('case.approval-missing');
    expect(await ask({ approvals: [first!] })).toBe('case.approval-missing');
    expect(await ask({ approvals: [second!] })).toBe('case.approval-missing');
    expect(await ask({ approvals: [first!, first!] })).toBe('case.same-body');
  });

  it('not for a case that was widened after signing', async () => {
    const one = decodeCase(fromBase64(question.case));
    for (const change of [
      { cap: 1000 },
      { from: one.from - 60 },
      { venueId: 9 },
      { expiresAt: one.expiresAt + 60 },
    ])
      expect(await ask({ case: text(encodeCase({ ...one, ...change })) })).toBe('case.challenge');
  });

  it('not for a handle that was swapped, left out, added or asked twice', async () => {
    const [first, second] = question.handles as [string, string];
    expect(await ask({ handles: [first, text(harvested)] })).toBe('case.handles');
    expect(await ask({ handles: [first] })).toBe('case.handles');
    expect(await ask({ handles: [first, second, text(harvested)] })).toBe('case.handles');
    expect(await ask({ handles: [first, first] })).toBe('case.handles');
    expect(await ask({ handles: [first, second, second] })).toBe('case.handles');
  });

  it('not for the release, the opening or the receipts of another case', async () => {
    const gate = await stand.gate(await stand.venue());
    const at = stand.nowSeconds() - 300;
    await stand.guests(gate, [{ subject: await jiho.shows(4, at), at }]);
    const other = (await capturedQuestion(stand, { opener, approver }, gate.venueId)).question;
    expect(await ask({ release: other.release })).toBe('case.release');
    expect(await ask({ opening: other.opening, handles: other.handles })).toBe('case.opening');
    expect(await ask({ released: other.released })).toBe('case.log');
    expect(await ask({ opened: other.opened })).toBe('case.log');
    expect(await ask({ opened: question.released })).toBe('case.log');
    expect(await ask({ opened: { line: question.opened.line, receipt: other.opened.receipt } })).toBe(
      'case.log',
    );
    // All of the other case's papers with this case's approvals.
    expect(await ask({ ...other, approvals: question.approvals })).toBe('case.challenge');
  });

  it('not for a release or an opening that somebody else signed', async () => {
    expect(await ask({ opening: question.release })).toBe('case.release');
    expect(await ask({ release: question.opening })).toBe('case.release');
    const broken = fromBase64(question.release).slice();
    broken[broken.length - 1]! ^= 1;
    expect(await ask({ release: text(broken) })).toBe('case.release');
  });

  it('not for more than the register released, though the authority signs and logs it', async () => {
    const handles = question.handles.map(fromBase64);
    const more = await lyingQuestion(stand, question, { handles: [...handles, harvested] });
    expect(await ask(more)).toBe('case.over-cap');
    const others = [handleSet('zz', [harvested], new Uint8Array(16))];
    expect(await ask(await lyingQuestion(stand, question, { handles, others }))).toBe('case.over-cap');
    const fewer = await lyingQuestion(stand, question, { handles, count: 1 });
    expect(await ask(fewer)).toBe('case.handles');
  });

  it('not under a head that the log signed for the issuer alone', async () => {
    const keys = await openKeyFolder(join(stand.test.data, 'keys', 'authority'));
    const log = nodeSigner((await keys.find('log'))!);
    const { origin } = stand.test.service.desks.authority!.log;
    const line = fromBase64(question.opened.line);
    // A tree of one line, genuine under the key of the log: it proves everything but that others see it.
    const forged = await signLogReceipt(origin, leafHash(line), { size: 1, index: 0, path: [] }, log);
    await expect(openLogReceipt(forged, line, log.publicKey, crypto)).resolves.toMatchObject({ size: 1 });
    expect(await ask({ opened: { line: question.opened.line, receipt: text(forged) } })).toBe(
      'case.log-fork',
    );
  });

  it('not where the case does not name it', async () => {
    const venue = await stand.venue();
    const at = stand.nowSeconds() - 60;
    await stand.guests(await stand.gate(venue), [{ subject: await jiho.shows(6, at), at }]);
    const { id } = await openedCase(stand, opener, venue.venueId, { issuers: ['another'] });
    const shown = (await approver.call('GET', `/api/register/cases/${id}`)).json;
    await approver.call('POST', `/api/register/cases/${id}/approvals`, approver.sign(shown));
    const opened = await opener.call('POST', `/api/authority/cases/${id}/open`);
    expect(opened.json).toMatchObject({ state: 'listed', completeness: { notAsked: 1, entries: 1 } });
  });

  it('but once for the genuine question: with a resolution, a line, a tag; and never again', async () => {
    const { resolve } = stand.test.service.desks.issuer!.cases!;
    expect(resolve).toBeTypeOf('function');
    const answer = await stand.test.call('POST', '/api/issuer/resolve', question);
    expect(answer.status).toBe(200);
    expect(answer.json.people.map(({ name }: { name: string }) => name).sort()).toEqual(
      [jiho.name, haneul.name].sort(),
    );
    const issuer = await lineKeyOf(stand, 'issuer');
    const said = await openResolution(
      fromBase64(answer.json.resolution),
      () => spkiFromPoint(issuer.publicKey),
      crypto,
    );
    expect(said).toMatchObject({ issuer: 'kr-2022', asked: 2, found: 2 });
    expect(await ask({})).toBe('case.resolved-already');
    // Each wallet finds itself in the day's public file, by a tag of the pass that was shown and of no other.
    const file = await stand.test.call('GET', '/api/authority/notified/2022-01-06');
    const root = await openRoot((await stand.test.call('GET', '/api/authority/root')).bytes, crypto);
    const notified = await openNotified(file.bytes, root, crypto);
    expect(notified.count).toBe(2);
    expect(notified.tags.length).toBeGreaterThan(2);
    for (const { notices } of [haneul, jiho]) {
      expect(concerns(notified, notices.slice(0, 1))).toBe(true);
      expect(concerns(notified, notices.slice(1))).toBe(false);
    }
  });

  it('and not after the case has expired', async () => {
    const venue = await stand.venue();
    const at = stand.nowSeconds() - 60;
    await stand.guests(await stand.gate(venue), [{ subject: await haneul.shows(7, at), at }]);
    const late = (await capturedQuestion(stand, { opener, approver }, venue.venueId, { hours: 1 })).question;
    stand.later(3600_000);
    expect(await ask(late)).toBe('case.expired');
    await stand.test.service.desks.issuer!.cases!.tend();
    expect(await ask(late)).toBe('case.expired');
  });

  it('while the register has no say over what is logged in its name', async () => {
    // A line that the authority signs as the register's is no line.
    const signer = await lineKeyOf(stand, 'authority');
    const line = await lineSigner('register', signer).sign('case-approved', stand.nowSeconds(), {
      case: new Uint8Array(32),
    });
    await expect(witnessed(stand, line)).rejects.toMatchObject({ code: 'signing.unknown-key' });
  });
});
