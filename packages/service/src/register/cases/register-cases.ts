import {
  type Case,
  caseHash,
  decodeApproval,
  decodeCase,
  documentHash,
  encodeReleased,
  openRelease,
  releaseRoot,
  signRelease,
} from '@munjigi/core/case';
import { sha256 } from '@munjigi/core/encoding';
import type { Signer } from '@munjigi/core/signing';
import { nowSeconds } from '../../clock/index.ts';
import { ApiError, type AssertionBody } from '../../contracts/index.ts';
import type { KeyFolder } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import {
  CASES_PER_DAY,
  CaseJudge,
  type CaseParts,
  CaseStore,
  encodeLogged,
  isAway,
  type OpenedCase,
  oldestKept,
  type RegisterCasePort,
  type ReleasedCase,
  type StoredCase,
} from '../../lib/case/index.ts';
import { sheetsNotTyped } from '../sheets/store.ts';
import { OnCall } from './on-call.ts';
import { entriesInScope, type Found, type ScopeParts } from './release.ts';

/** What the register desk needs for its part in a case. */
export interface RegisterCaseOptions extends CaseParts {
  /** The register's line key: it signs releases too. */
  readonly signer: Signer;
  /** Account ids of this body's officers, in order. */
  readonly officerAccounts: () => Promise<readonly string[]>;
  readonly casesPerDay?: number;
}

export type RegisterCaseState = 'waiting' | 'approved' | 'released';

/**
 * The register's part in a case: it shows the case to an officer of its own body, checks everything again, takes its own
 * layer off the boxes of the window, and says in a signed release what it let go.
 */
export class RegisterCases implements RegisterCasePort {
  readonly judge: CaseJudge;
  readonly store: CaseStore;
  readonly onCall: OnCall;
  nudge: () => void = () => {};

  constructor(
    private readonly options: RegisterCaseOptions,
    db: Database,
    keys: KeyFolder,
    private readonly scope: Pick<ScopeParts, 'layerKey' | 'dayOf'>,
  ) {
    this.judge = new CaseJudge(options);
    this.store = new CaseStore(db, keys);
    this.onCall = new OnCall(db, options.officerAccounts);
  }

  /** Takes a case in that an officer of the authority has signed, and asks the first officer on call. */
  async take({ case: bytes, opener, logged }: OpenedCase): Promise<void> {
    await this.judge.one('opener', bytes, opener);
    await this.judge.logged('case-opened', logged, { case: caseHash(bytes) });
    const { id, expiresAt } = decodeCase(bytes);
    const takenAt = nowSeconds(this.options.clock);
    await this.store.add({ id, bytes, account: '', takenAt, expiresAt });
    // Another case under the same id is not this case.
    const kept = await this.store.find(id);
    if (!Buffer.from(kept.bytes).equals(bytes)) throw new ApiError('case.signed-already');
    await this.store.keep(id, 'opener', opener);
    await this.store.keep(id, 'case-opened', encodeLogged(logged));
    await this.#ask(id);
  }

  /** Cases of this body's officers, the oldest first. */
  async all(): Promise<readonly { readonly stored: StoredCase; readonly state: RegisterCaseState }[]> {
    const at = nowSeconds(this.options.clock);
    const cases = (await this.store.all()).filter(({ expiresAt }) => at < expiresAt);
    return Promise.all(cases.map(async (stored) => ({ stored, state: await this.state(stored.id) })));
  }

  async state(caseId: Uint8Array): Promise<RegisterCaseState> {
    const names = await this.store.names(caseId);
    return names.has('released') ? 'released' : names.has('approver') ? 'approved' : 'waiting';
  }

  /** The second signature. Answers how many entries were released by it. Throws the rule that is broken. */
  async approve(caseId: Uint8Array, account: string, said: AssertionBody): Promise<number> {
    const { bytes } = await this.store.find(caseId);
    const opener = await this.#kept(caseId, 'opener');
    const approver = await this.judge.approval('approver', bytes, said);
    const standing = await this.judge.both(bytes, [opener, approver]);
    const { clock, policy, casesPerDay = CASES_PER_DAY } = this.options;
    const day = policy.calendar.dateOf(nowSeconds(clock));
    await this.store.db
      .tx(async (session) => {
        await this.store.countCase(session, day, account, casesPerDay);
        if (!(await this.store.keep(caseId, 'approver', approver, session)))
          throw new ApiError('case.signed-already');
      })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'case.quota') this.options.alarm?.('case-quota');
        throw error;
      });
    const released = this.#release(caseId, standing.case, bytes, approver);
    // The signature is kept: what is left to do is done when the log is back, whoever asks.
    if (this.options.apart) released.catch(() => this.nudge());
    return released;
  }

  /** What the authority may have; null while nobody here has approved. A release that was interrupted is made now. */
  async released(caseId: Uint8Array): Promise<ReleasedCase | null> {
    const { bytes } = await this.store.find(caseId);
    const [opener, approver] = [
      await this.#kept(caseId, 'opener'),
      await this.store.document(caseId, 'approver'),
    ];
    if (!approver) return null;
    const standing = await this.judge.both(bytes, [opener, approver]);
    await this.#release(caseId, standing.case, bytes, approver);
    const [approved, logged] = [
      await this.store.logged(caseId, 'case-approved'),
      await this.store.logged(caseId, 'released'),
    ];
    const release = await this.store.document(caseId, 'release');
    const entries = await this.store.openSealed(caseId, 'entries');
    if (!approved || !logged || !release || !entries) return null;
    return { approver, approved, release, logged, entries };
  }

  async end(caseId: Uint8Array): Promise<void> {
    await this.store.remove(caseId);
  }

  /** What is due: the next officer is asked, and what has ended is deleted. */
  async tend(): Promise<boolean> {
    const { clock, policy, apart } = this.options;
    await this.store.forgetQuotas(policy.calendar.dateOf(nowSeconds(clock)));
    for (const { id } of await this.store.ended(nowSeconds(this.options.clock))) await this.store.remove(id);
    let whole = true;
    for (const { stored, state } of await this.all()) {
      if (state === 'waiting') await this.#ask(stored.id);
      // Approved here while the log was away: the release is made as soon as it is back.
      if (state === 'approved' && apart)
        await this.released(stored.id).catch((error: unknown) => {
          if (isAway(error)) whole = false;
          else this.options.alarm?.('case-housekeeping');
        });
    }
    return whole;
  }

  async #ask(caseId: Uint8Array): Promise<void> {
    const what = await this.onCall.ask(caseId, this.options.clock.nowMs());
    if (what === 'next') this.options.alarm?.('case-unanswered');
    if (what === 'nobody') this.options.alarm?.('case-nobody-on-call');
  }

  /** Makes the release, once: a later call goes on where an earlier one stopped. */
  async #release(caseId: Uint8Array, one: Case, bytes: Uint8Array, approver: Uint8Array): Promise<number> {
    const { judge, store } = this;
    const hash = caseHash(bytes);
    const at = nowSeconds(this.options.clock);
    await judge.logged('case-opened', await this.#logged(caseId, 'case-opened'), { case: hash });
    if (!(await store.document(caseId, 'case-approved'))) {
      const { at: approvedAt } = decodeApproval(approver);
      const line = await judge.log('case-approved', approvedAt, { case: hash, approval: sha256(approver) });
      await store.keep(caseId, 'case-approved', encodeLogged(line));
    }
    if (!(await store.document(caseId, 'release'))) await this.#make(caseId, one, hash, at);
    const release = await this.#kept(caseId, 'release');
    const made = await this.#read(release);
    if (!(await store.document(caseId, 'released'))) {
      const line = await judge.log('release', made.at, {
        case: hash,
        release: documentHash('release', release),
        count: made.count,
        root: made.root,
      });
      await store.keep(caseId, 'released', encodeLogged(line));
    }
    return made.count;
  }

  /** Collects and signs; boxes and release are kept together or not at all. */
  async #make(caseId: Uint8Array, one: Case, hash: Uint8Array, at: number): Promise<void> {
    const { options, store } = this;
    let found: Found;
    try {
      found = await entriesInScope(store.db, one, { ...this.scope, oldest: oldestKept(options) });
      if (found.entries.filter(({ box }) => box.length > 0).length > one.cap)
        throw new ApiError('case.over-cap');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'case.over-cap') options.alarm?.('case-over-cap');
      throw error;
    }
    const { entries, ...counts } = found;
    const boxes = entries.filter(({ box }) => box.length > 0).length;
    const release = await signRelease(
      {
        caseHash: hash,
        count: boxes,
        without: entries.length - boxes,
        ...counts,
        sheets: await sheetsNotTyped(store.db, one, this.scope.dayOf),
        root: releaseRoot(entries),
        at,
      },
      options.signer,
    );
    await store.db.tx(async (session) => {
      if (await store.keep(caseId, 'release', release, session))
        await store.keepSealed(caseId, 'entries', encodeReleased(entries), session);
    });
  }

  async #read(release: Uint8Array) {
    return openRelease(release, await this.judge.keyOf('register'), this.options.crypto);
  }

  async #kept(caseId: Uint8Array, name: string): Promise<Uint8Array> {
    const bytes = await this.store.document(caseId, name);
    if (!bytes) throw new ApiError('case.approval-missing');
    return bytes;
  }

  async #logged(caseId: Uint8Array, name: string) {
    const logged = await this.store.logged(caseId, name);
    if (!logged) throw new ApiError('case.log');
    return logged;
  }
}
