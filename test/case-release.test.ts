import {
  caseHash,
  decodeReleased,
  documentHash,
  encodeReleased,
  openRelease,
  type ReleasedEntry,
  releaseRoot,
  signRelease,
} from '@munjigi/core/case';
import { fromBase64 } from '@munjigi/core/encoding';
import { lineSigner } from '@munjigi/core/log';
import { spkiFromPoint } from '@munjigi/core/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReleasedCase } from '../packages/service/src/lib/case/index.ts';
import { lineKeyOf } from './support/case-capture.ts';
import {
  approve,
  type CaseStand,
  crypto,
  type Officer,
  openedCase,
  startCaseStand,
  type Visitor,
} from './support/case-stand.ts';
import type { TestGate } from './support/register.ts';

describe('what the register releases is opened only as it is, where it is', () => {
  let stand: CaseStand;
  let opener: Officer;
  let approver: Officer;
  let haneul: Visitor;
  let shows = 0;

  beforeAll(async () => {
    stand = await startCaseStand();
    opener = await stand.officer('authority');
    approver = await stand.officer('register');
    haneul = await stand.visitor('haneul');
  });
  afterAll(() => stand.test.remove());

  const venueWith = async (count: number): Promise<TestGate> => {
    const gate = await stand.gate(await stand.venue());
    const at = stand.nowSeconds() - 900;
    for (let i = 0; i < count; i++)
      await stand.guests(gate, [{ subject: await haneul.shows(shows++ % 10, at + i), at: at + i }]);
    return gate;
  };
  const approvedCase = async (venueId: number, change: Record<string, unknown> = {}) => {
    const one = await openedCase(stand, opener, venueId, change);
    return { ...one, approved: await approve(approver, one.id) };
  };
  const open = async (id: string) => (await opener.call('POST', `/api/authority/cases/${id}/open`)).json;

  /** Lets the register hand over something else than it has; answers what the authority says. */
  const handedOver = async (id: string, change: (file: ReleasedCase) => Promise<ReleasedCase>) => {
    const register = stand.test.service.desks.register!.cases!;
    const genuine = (await register.released(fromBase64(id)))!;
    register.released = async () => change(genuine);
    const answer = await open(id);
    Reflect.deleteProperty(register, 'released');
    return answer;
  };
  /** The register lies with its own key: another release over other entries, signed and logged. */
  const lied =
    (case_: string, entries: readonly ReleasedEntry[], count = entries.length) =>
    async (file: ReleasedCase) => {
      const signer = await lineKeyOf(stand, 'register');
      const old = await openRelease(file.release, () => spkiFromPoint(signer.publicKey), crypto);
      const hash = caseHash(fromBase64(case_));
      const root = releaseRoot(entries);
      const release = await signRelease({ ...old, caseHash: hash, count, root }, signer);
      const line = await lineSigner('register', signer).sign('release', old.at, {
        case: hash,
        release: documentHash('release', release),
        count,
        root,
      });
      const logged = await stand.test.service.desks.authority!.log.append(line);
      return { ...file, release, logged, entries: encodeReleased(entries) };
    };
  const entriesOf = async (id: string) =>
    decodeReleased((await stand.test.service.desks.register!.cases!.released(fromBase64(id)))!.entries);

  it('a box that the register moves to another venue, gate, counter or time does not open there', async () => {
    const { venueId } = await venueWith(2);
    const other = await venueWith(1);
    const { id, case: bytes } = await approvedCase(venueId);
    const theirs = await entriesOf((await approvedCase(other.venueId)).id);
    const [first, second] = (await entriesOf(id)) as [ReleasedEntry, ReleasedEntry];
    const swapped = [
      { ...first, box: theirs[0]!.box },
      { ...second, box: first.box },
    ];
    const answer = await handedOver(id, lied(bytes, swapped));
    expect(answer.completeness).toMatchObject({ moved: 2, byRecord: { scan: 0 } });
  });

  it('entries that are not those of the signed root are refused: one changed, one left out, one more, another order', async () => {
    const { venueId } = await venueWith(2);
    const { id } = await approvedCase(venueId);
    const [first, second] = (await entriesOf(id)) as [ReleasedEntry, ReleasedEntry];
    const lists = [
      [first],
      [second, first],
      [first, second, { ...second, counter: 3 }],
      [first, { ...second, flags: 64 }],
      [first, { ...second, enteredAt: second.enteredAt + 1 }],
    ];
    for (const entries of lists) {
      const answer = await handedOver(id, async (file) => ({ ...file, entries: encodeReleased(entries) }));
      expect(answer.error).toBe('case.release');
    }
    const broken = await handedOver(id, async (file) => ({ ...file, entries: Uint8Array.of(1, 2, 3) }));
    expect(broken.error).toBe('case.release');
    expect((await open(id)).state).toBe('listed');
  });

  it('entries outside venue or window are refused, though the register signs and logs them', async () => {
    const { venueId } = await venueWith(1);
    const other = await venueWith(1);
    const { id, case: bytes } = await approvedCase(venueId);
    const theirs = await entriesOf((await approvedCase(other.venueId)).id);
    expect((await handedOver(id, lied(bytes, theirs))).error).toBe('case.outside');
    const [first] = await entriesOf(id);
    const early = { ...first!, enteredAt: first!.enteredAt - 86_400, filedAt: first!.filedAt - 86_400 };
    expect((await handedOver(id, lied(bytes, [early]))).error).toBe('case.outside');
  });

  it('a release of another case, of another signer, without its line, or over the cap is refused', async () => {
    const { venueId } = await venueWith(2);
    const { id, case: bytes } = await approvedCase(venueId, { cap: 2 });
    const other = await approvedCase(venueId);
    const register = stand.test.service.desks.register!.cases!;
    const theirs = (await register.released(fromBase64(other.id)))!;
    const change = (part: Partial<ReleasedCase>) => handedOver(id, async (file) => ({ ...file, ...part }));
    expect((await change({ release: theirs.release })).error).toBe('case.release');
    expect((await change({ logged: theirs.logged })).error).toBe('case.log');
    expect((await change({ approved: theirs.approved })).error).toBe('case.log');
    expect((await change({ approver: theirs.approver })).error).toBe('case.challenge');
    const forged = await handedOver(id, async (file) => {
      const authority = await lineKeyOf(stand, 'authority');
      const old = await openRelease(file.release, await register.judge.keyOf('register'), crypto);
      return { ...file, release: await signRelease(old, authority) };
    });
    expect(forged.error).toBe('case.release');
    const many = await entriesOf(id);
    const three = [...many, { ...many[0]!, counter: 9 }];
    expect((await handedOver(id, lied(bytes, three))).error).toBe('case.over-cap');
  });

  it('more subjects than the cap are not let go at all, and somebody is told', async () => {
    const { venueId } = await venueWith(3);
    const { id, approved } = await approvedCase(venueId, { cap: 2 });
    expect([approved.status, approved.json.error]).toEqual([409, 'case.over-cap']);
    expect((await open(id)).error).toBe('case.over-cap');
    expect(stand.test.log.join('')).toContain('case-over-cap');
  });

  it('a day key that is gone costs the entries of that key, and no others', async () => {
    const gate = await stand.gate(await stand.venue());
    const at = stand.nowSeconds() - 900;
    await stand.guests(gate, [
      { subject: await haneul.shows(shows++ % 10, at), at },
      { subject: await haneul.shows(shows++ % 10, at + 1), at: at + 1, entry: { dayKeyId: 15 } },
    ]);
    const { id } = await approvedCase(gate.venueId);
    expect((await open(id)).completeness).toMatchObject({ keyMissing: 1, byRecord: { scan: 1 }, entries: 2 });
  });

  it('two rows that change places in the register itself are counted as moved before anything is released', async () => {
    const gate = await venueWith(3);
    const db = stand.test.databases.get('register')!;
    await db.query(
      `UPDATE entry e SET subject = o.subject FROM entry o WHERE e.venue_id = $1 AND o.venue_id = $1
       AND e.counter <> o.counter AND e.counter < 3 AND o.counter < 3`,
      [gate.venueId],
    );
    const { id, approved } = await approvedCase(gate.venueId);
    expect(approved.json).toMatchObject({ released: 1 });
    expect((await open(id)).completeness).toMatchObject({ moved: 2, entries: 3, byRecord: { scan: 1 } });
  });

  it('asked twice, the same release is handed over, whatever has come in since', async () => {
    const gate = await venueWith(1);
    const { id } = await approvedCase(gate.venueId);
    const register = stand.test.service.desks.register!.cases!;
    const first = (await register.released(fromBase64(id)))!;
    await stand.guests(gate, [
      { subject: await haneul.shows(9, stand.nowSeconds() - 800), at: stand.nowSeconds() - 800 },
    ]);
    const again = (await register.released(fromBase64(id)))!;
    expect(Buffer.from(again.release).equals(first.release)).toBe(true);
    expect(Buffer.from(again.entries).equals(first.entries)).toBe(true);
  });
});
