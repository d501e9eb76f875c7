import {
  type Case,
  type Completeness,
  caseHash,
  completenessOf,
  decodeCase,
  documentHash,
  encodeCase,
  handleSet,
  handlesRoot,
  LARGEST_CAP,
  openOpening,
  openRelease,
  type Release,
  type ReleasedEntry,
  signOpening,
} from '@munjigi/core/case';
import { equalBytes, sha256, toBase64url } from '@munjigi/core/encoding';
import type { Signer } from '@munjigi/core/signing';
import { nowSeconds } from '../../clock/index.ts';
import { ApiError, type AssertionBody, type CaseState, type CaseTermsBody } from '../../contracts/index.ts';
import { type KeyFolder, random } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import {
  CASES_PER_DAY,
  CaseJudge,
  type CaseParts,
  CaseStore,
  encodeLogged,
  type IssuerCasePort,
  isAway,
  type LoggedLine,
  type RegisterCasePort,
  type ReleasedCase,
} from '../../lib/case/index.ts';
import { askIssuers } from './ask-issuers.ts';
import { checkRelease } from './check-release.ts';
import { goOn, noteEnd } from './going-on.ts';
import { decodeRows, encodeRows } from './list.ts';
import { type OpenedRow, openBoxes } from './open-boxes.ts';

/** What the authority desk needs for its part in a case. */
export interface AuthorityCaseOptions extends CaseParts {
  /** The authority's line key: it signs openings too. */
  readonly signer: Signer;
  readonly register: () => RegisterCasePort | null;
  /** The issuer of that name, as the bundle names it. */
  readonly issuer: (name: string) => IssuerCasePort | null;
  /**
   * A receipt for a logged line under a tree that the issuers have signed: they believe no other. The line's own receipt
   * serves where it is not given.
   */
  readonly witnessed?: (logged: LoggedLine) => Promise<LoggedLine>;
  readonly casesPerDay?: number;
}

/** A list with what it says of itself. */
export interface CallList {
  readonly case: Case;
  readonly rows: readonly OpenedRow[];
  readonly completeness: Completeness;
}

/**
 * The authority's part in a case: its officer opens it, and once the register has released, the boxes are opened at their
 * places, every presence proof is checked, and the issuers are asked for what is left.
 */
export class AuthorityCases {
  readonly judge: CaseJudge;
  readonly store: CaseStore;
  nudge: () => void = () => {};
  readonly #running = new Map<string, Promise<CallList>>();

  constructor(
    private readonly options: AuthorityCaseOptions,
    db: Database,
    keys: KeyFolder,
    private readonly dayKey: (keyId: number) => Promise<Uint8Array | null>,
  ) {
    this.judge = new CaseJudge(options);
    this.store = new CaseStore(db, keys);
  }

  /** Writes a case. It is a draft until its opener signs it, and leaves this desk only then. */
  async write(account: string, terms: CaseTermsBody, hours: number): Promise<Uint8Array> {
    const { clock, policy } = this.options;
    const { rootVersion, sequence } = await this.judge.trust();
    const openedAt = nowSeconds(clock);
    const one: Case = {
      id: random(16),
      ...terms,
      issuers: [...new Set(terms.issuers)],
      cap: Math.min(terms.cap, LARGEST_CAP),
      openedAt,
      expiresAt: openedAt + hours * 3600,
      policy: policy.id,
      bundle: { rootVersion, sequence },
    };
    const bytes = encodeCase(one);
    await this.judge.terms(bytes);
    await this.store.add({ id: one.id, bytes, account, takenAt: openedAt, expiresAt: one.expiresAt });
    return bytes;
  }

  async state(caseId: Uint8Array): Promise<CaseState> {
    const names = await this.store.names(caseId);
    if (names.has('listed')) return 'listed';
    if (names.has('opened')) return 'opened';
    if (names.has('approver')) return 'approved';
    return names.has('opener') ? 'waiting' : 'draft';
  }

  /** The opener's signature: logged, then handed to the register. Signed again after an interruption, it goes on. */
  async sign(caseId: Uint8Array, account: string, said: AssertionBody): Promise<void> {
    const { store, judge } = this;
    const { bytes } = await store.find(caseId);
    const approval = await judge.approval('opener', bytes, said);
    const { clock, policy, casesPerDay = CASES_PER_DAY } = this.options;
    const day = policy.calendar.dateOf(nowSeconds(clock));
    if (!(await store.document(caseId, 'opener')))
      await store.db
        .tx(async (session) => {
          await store.countCase(session, day, account, casesPerDay);
          await store.keep(caseId, 'opener', approval, session);
        })
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.code === 'case.quota') this.options.alarm?.('case-quota');
          throw error;
        });
    const opener = (await store.document(caseId, 'opener'))!;
    if (!(await store.document(caseId, 'case-opened'))) {
      const fields = { case: caseHash(bytes), approval: sha256(opener) };
      const line = await judge.log('case-opened', nowSeconds(clock), fields);
      await store.keep(caseId, 'case-opened', encodeLogged(line));
    }
    await this.#hand(caseId, bytes, opener).catch((error: unknown) => {
      // It is signed and logged: it is handed over as soon as the other machine is back.
      if (!this.options.apart || !isAway(error)) throw error;
      this.nudge();
    });
  }

  /** Hands a signed case to the register, and takes note once that has it. */
  async #hand(caseId: Uint8Array, bytes: Uint8Array, opener: Uint8Array): Promise<void> {
    const logged = (await this.store.logged(caseId, 'case-opened'))!;
    await this.#register().take({ case: bytes, opener, logged });
    await this.store.keep(caseId, 'handed', Uint8Array.of(1));
  }

  /** Opens what the register released and asks the issuers. Answers the list as far as it goes; asked again, it goes on. */
  async open(caseId: Uint8Array): Promise<CallList> {
    const list = await this.#goOnWith(caseId);
    if (this.options.apart && list.completeness.waiting > 0) this.nudge();
    return list;
  }

  #goOnWith(caseId: Uint8Array): Promise<CallList> {
    // Two officers who press the button at once get one opening.
    const key = toBase64url(caseId);
    const running = this.#running.get(key) ?? this.#open(caseId).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #open(caseId: Uint8Array): Promise<CallList> {
    const { store } = this;
    const { bytes } = await store.find(caseId);
    const opener = await store.document(caseId, 'opener');
    if (!opener) throw new ApiError('case.not-released');
    const file = await this.#file(caseId);
    const approvals = [opener, file.approver];
    const standing = await this.judge.both(bytes, approvals);
    if ('entries' in file) {
      const { entries } = await checkRelease(this.judge, standing, file);
      await store.keep(caseId, 'approver', file.approver);
      await store.keep(caseId, 'release', file.release);
      await store.keep(caseId, 'released', encodeLogged(file.logged));
      if (!(await store.document(caseId, 'opening')))
        await this.#openEntries(caseId, standing.case, file, entries);
    }
    const release = await openRelease(file.release, await this.judge.keyOf('register'), this.options.crypto);
    await this.#logOpening(caseId, standing.hash);
    await askIssuers({
      caseId,
      caseBytes: bytes,
      approvals,
      release: file.release,
      released: file.logged,
      judge: this.judge,
      store,
      issuer: this.options.issuer,
      witnessed: this.options.witnessed ?? (async (logged) => logged),
    });
    return this.#listOf(caseId, standing.case, release);
  }

  /** What the register let go; without its entries, where they were opened already: then the register is not needed any more. */
  async #file(
    caseId: Uint8Array,
  ): Promise<ReleasedCase | Pick<ReleasedCase, 'approver' | 'release' | 'logged'>> {
    const { store } = this;
    if (await store.document(caseId, 'opening')) {
      const [approver, release, logged] = [
        await store.document(caseId, 'approver'),
        await store.document(caseId, 'release'),
        await store.logged(caseId, 'released'),
      ];
      if (approver && release && logged) return { approver, release, logged };
    }
    const file = await this.#register().released(caseId);
    if (!file) throw new ApiError('case.not-released');
    return file;
  }

  async #openEntries(
    caseId: Uint8Array,
    one: Case,
    file: ReleasedCase,
    entries: readonly ReleasedEntry[],
  ): Promise<void> {
    const { options, store, dayKey } = this;
    const { issuers } = await this.judge.trust();
    const rows = await openBoxes(entries, {
      dayKey,
      policy: options.policy,
      crypto: options.crypto,
      issuerOf: (kid) => issuers.find((key) => equalBytes(key.kid, kid))?.issuer ?? null,
      asked: new Set(one.issuers),
    });
    const salt = random(16);
    const names = [...new Set(rows.flatMap(({ issuer }) => issuer ?? []))].sort();
    const sets = names.map((name) =>
      handleSet(
        name,
        rows.flatMap(({ issuer, handle }) => (issuer === name && handle ? [handle] : [])),
        salt,
      ),
    );
    const count = (state: OpenedRow['state']) => rows.filter((row) => row.state === state).length;
    const opening = await signOpening(
      {
        releaseHash: documentHash('release', file.release),
        salt,
        sets,
        direct: count('direct'),
        apart: count('apart'),
        keyMissing: count('key-missing'),
        moved: count('moved'),
        at: nowSeconds(options.clock),
      },
      options.signer,
    );
    await store.db.tx(async (session) => {
      if (await store.keep(caseId, 'opening', opening, session))
        await store.keepSealed(caseId, 'rows', encodeRows(rows), session);
    });
  }

  async #logOpening(caseId: Uint8Array, hash: Uint8Array): Promise<void> {
    const { store, judge } = this;
    if (await store.document(caseId, 'opened')) return;
    const bytes = (await store.document(caseId, 'opening'))!;
    const opening = await openOpening(bytes, await judge.keyOf('authority'), this.options.crypto);
    const line = await judge.log('opened', opening.at, {
      case: hash,
      release: opening.releaseHash,
      opening: documentHash('opening', bytes),
      root: handlesRoot(opening.sets),
      count: opening.sets.reduce((sum, set) => sum + set.count, 0),
      apart: opening.apart,
    });
    await store.keep(caseId, 'opened', encodeLogged(line));
  }

  /** The list of a case. Throws `case.not-opened` or `case.expired`. */
  async list(caseId: Uint8Array): Promise<CallList> {
    const { bytes } = await this.store.find(caseId);
    const release = await this.store.document(caseId, 'release');
    if (!release) throw new ApiError('case.not-opened');
    // The list was made lawfully: an officer who leaves now takes it from nobody. Its hour does.
    const one = decodeCase(bytes);
    if (nowSeconds(this.options.clock) >= one.expiresAt) throw new ApiError('case.expired');
    return this.#listOf(
      caseId,
      one,
      await openRelease(release, await this.judge.keyOf('register'), this.options.crypto),
    );
  }

  async #listOf(caseId: Uint8Array, one: Case, release: Release): Promise<CallList> {
    const sealed = await this.store.openSealed(caseId, 'rows');
    if (!sealed) throw new ApiError('case.not-opened');
    const rows = decodeRows(sealed);
    return { case: one, rows, completeness: completenessOf(rows, release) };
  }

  /**
   * Ends a case: what is personal at once, whoever is away; then it is logged, and deleted at the register and here. A draft
   * that nobody signed just goes.
   */
  async close(caseId: Uint8Array): Promise<void> {
    const { bytes, expiresAt } = await this.store.find(caseId);
    await this.store.forget(caseId);
    if (await this.store.document(caseId, 'opener')) {
      await this.judge.log('case-closed', nowSeconds(this.options.clock), { case: caseHash(bytes) });
      const { apart, register } = this.options;
      if (apart) {
        await noteEnd(this.store, caseId, expiresAt);
        this.nudge();
      } else await register()?.end(caseId);
    }
    await this.store.remove(caseId);
  }

  /**
   * Ends what has expired, and goes on with what waited for another machine. One that cannot be ended now holds up no other.
   * Throws the first failure, at the end.
   */
  async tend(): Promise<boolean> {
    const { clock, policy, apart } = this.options;
    const now = nowSeconds(clock);
    await this.store.forgetQuotas(policy.calendar.dateOf(now));
    const failures: unknown[] = [];
    for (const { id } of await this.store.ended(now))
      await this.close(id).catch((error: unknown) => failures.push(error));
    const done =
      !apart ||
      (await goOn({
        store: this.store,
        options: this.options,
        register: () => this.#register(),
        hand: ({ id, bytes }, opener) => this.#hand(id, bytes, opener),
        open: (id) => this.#goOnWith(id),
      }));
    if (failures.length > 0) throw failures[0];
    return done;
  }

  #register(): RegisterCasePort {
    const register = this.options.register();
    if (!register) throw new ApiError('case.desk-away');
    return register;
  }
}
