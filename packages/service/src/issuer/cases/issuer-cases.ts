import {
  documentHash,
  handleSet,
  handlesRoot,
  type Opening,
  openOpening,
  openRelease,
  type Release,
  type StandingCase,
  signResolution,
} from '@munjigi/core/case';
import { equalBytes, fromBase64 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { notifiedTag } from '@munjigi/core/log';
import type { Signer } from '@munjigi/core/signing';
import { nowSeconds } from '../../clock/index.ts';
import { ApiError, type ResolveBody } from '../../contracts/index.ts';
import { byteaArray, type Database } from '../../db/index.ts';
import {
  CaseJudge,
  type CaseParts,
  type IssuerCasePort,
  isAway,
  type PublishTags,
  type ResolvedPerson,
} from '../../lib/case/index.ts';
import type { Identity } from '../identity.ts';
import type { HolderMapping } from '../mapping.ts';

/** What the issuer desk needs for its part in a case. */
export interface IssuerCaseOptions extends CaseParts {
  /** The issuer's line key: it signs resolutions too. */
  readonly signer: Signer;
  /** Name under which passes of this issuer are known. */
  readonly name: string;
  readonly publishTags: PublishTags;
}

/** The person behind a name that a provider gave, or null. */
export type FindPerson = (person: string) => Promise<Identity | null>;

const loggedOf = ({ line, receipt }: { line: string; receipt: string }) => ({
  line: fromBase64(line),
  receipt: fromBase64(receipt),
});

/**
 * The issuer's part in a case. It sees neither venue nor boxes, and believes nobody: it says who a handle is only for a case
 * that stands, that the register released, that was opened in the open, and for exactly the handles that the log stands for.
 */
export class IssuerCases implements IssuerCasePort {
  readonly judge: CaseJudge;
  nudge: () => void = () => {};

  constructor(
    private readonly options: IssuerCaseOptions,
    private readonly db: Database,
    private readonly mapping: HolderMapping,
    private readonly find: FindPerson,
  ) {
    this.judge = new CaseJudge(options);
  }

  /**
   * Says who the handles are; once for each case. The authority alone, where it proved to be the one who asks, may have the
   * same answer again until the case expires: it may have been lost on its way. Throws the rule that is broken.
   */
  async resolve(
    request: ResolveBody,
    { again = false } = {},
  ): Promise<{ resolution: Uint8Array; people: readonly ResolvedPerson[] }> {
    const handles = request.handles.map(fromBase64);
    const { standing, opening } = await this.#checked(request, handles);
    const openingHash = documentHash('opening', fromBase64(request.opening));
    const { people, tags } = await this.#people(handles);
    const kept = again ? await this.#answerTo(openingHash, standing) : null;
    if (kept) return { resolution: kept, people };
    const { at, found } = await this.#begin(standing, openingHash, people.length);
    const day = this.options.policy.calendar.dateOf(at);
    const { name, signer } = this.options;
    const resolution = await signResolution(
      { openingHash, issuer: name, asked: handles.length, found, at },
      signer,
    );
    // What is not logged was not answered: it may be asked again, and is then the same line.
    await this.judge.log('resolved', at, {
      case: standing.hash,
      count: found,
      day,
      release: opening.releaseHash,
      opening: openingHash,
      resolution: documentHash('resolution', resolution),
    });
    await this.#answered(standing.hash, day, tags, resolution);
    await this.#publish().catch(() => {
      this.nudge();
      this.options.alarm?.('case-housekeeping');
    });
    return { resolution, people };
  }

  /** What was answered to exactly this opening, or null. */
  async #answerTo(openingHash: Uint8Array, { hash }: StandingCase): Promise<Uint8Array | null> {
    const { rows } = await this.db.query<{ resolution: Uint8Array | null }>(
      'SELECT resolution FROM resolved_case WHERE case_hash = $1 AND opening_hash = $2 AND logged',
      [hash, openingHash],
    );
    return rows[0]?.resolution ?? null;
  }

  /**
   * Takes note that the case is being answered, or finds the note of an answer that stopped before its line was logged.
   * Throws `case.resolved-already`.
   */
  async #begin(
    { hash, case: one }: StandingCase,
    openingHash: Uint8Array,
    found: number,
  ): Promise<{ readonly at: number; readonly found: number }> {
    const { clock, policy } = this.options;
    const at = nowSeconds(clock);
    // A note of an earlier day is dated anew: wallets have read that day's file, and would not look again.
    const today = policy.calendar.startOf(policy.calendar.dateOf(at));
    await this.db.query(
      `INSERT INTO resolved_case AS kept (case_hash, answered_at, expires_at, opening_hash, found, logged)
       VALUES ($1, $2, $3, $4, $5, false)
       ON CONFLICT (case_hash) DO UPDATE SET answered_at = excluded.answered_at, found = excluded.found
       WHERE NOT kept.logged AND kept.opening_hash = excluded.opening_hash AND kept.answered_at < $6`,
      [hash, at, one.expiresAt, openingHash, found, today],
    );
    const { rows } = await this.db.query<{ at: number; found: number }>(
      'SELECT answered_at AS at, found FROM resolved_case WHERE case_hash = $1 AND opening_hash = $2 AND NOT logged',
      [hash, openingHash],
    );
    return rows[0] ?? this.#refuse();
  }

  /** The line is logged: the case is answered, once, and its tags wait to be published. Throws `case.resolved-already`. */
  async #answered(
    hash: Uint8Array,
    day: string,
    tags: readonly Uint8Array[],
    resolution: Uint8Array,
  ): Promise<void> {
    const first = await this.db.tx(async (session) => {
      const { count } = await session.query(
        'UPDATE resolved_case SET logged = true, resolution = $2 WHERE case_hash = $1 AND NOT logged',
        [hash, resolution],
      );
      if (count !== 1) return false;
      await session.query(
        'INSERT INTO tag_to_publish (day, tag) SELECT $1::date, unnest($2::bytea[]) ON CONFLICT DO NOTHING',
        [day, byteaArray(tags)],
      );
      return true;
    });
    if (!first) this.#refuse();
  }

  #refuse(): never {
    this.options.alarm?.('case-refused');
    throw new ApiError('case.resolved-already');
  }

  /** Publishes what waits: visitors are told, even where the file could not be written at once. */
  async #publish(): Promise<void> {
    const { rows } = await this.db.query<{ day: string; tag: Uint8Array }>(
      'SELECT day, tag FROM tag_to_publish ORDER BY day',
    );
    for (const day of new Set(rows.map((row) => row.day))) {
      const tags = rows.filter((row) => row.day === day).map(({ tag }) => tag);
      await this.options.publishTags(day, tags);
      await this.db.query('DELETE FROM tag_to_publish WHERE day = $1::date AND tag = ANY($2::bytea[])', [
        day,
        byteaArray(tags),
      ]);
    }
  }

  /** Forgets answers whose case has expired (it would be refused anyway), and publishes tags that wait. */
  async tend(): Promise<boolean> {
    await this.db.query('DELETE FROM resolved_case WHERE expires_at <= $1', [nowSeconds(this.options.clock)]);
    return this.#publish().then(
      () => true,
      (error: unknown) => {
        if (!this.options.apart || !isAway(error)) throw error;
        return false;
      },
    );
  }

  async #checked(
    request: ResolveBody,
    handles: readonly Uint8Array[],
  ): Promise<{ standing: StandingCase; opening: Opening }> {
    const { judge, options } = this;
    const standing = await judge.both(fromBase64(request.case), request.approvals.map(fromBase64));
    const { case: one, hash } = standing;
    const releaseBytes = fromBase64(request.release);
    const openingBytes = fromBase64(request.opening);
    let release: Release;
    let opening: Opening;
    try {
      release = await openRelease(releaseBytes, await judge.keyOf('register'), options.crypto);
      opening = await openOpening(openingBytes, await judge.keyOf('authority'), options.crypto);
    } catch (cause) {
      throw isMunjigiError(cause) ? new ApiError('case.release', { cause }) : cause;
    }
    const releaseHash = documentHash('release', releaseBytes);
    const inTime = (at: number) => at >= one.openedAt && at < one.expiresAt;
    if (!equalBytes(release.caseHash, hash) || !inTime(release.at)) throw new ApiError('case.release');
    if (release.count > one.cap) throw new ApiError('case.over-cap');
    if (!equalBytes(opening.releaseHash, releaseHash) || !inTime(opening.at))
      throw new ApiError('case.opening');
    const { sets, direct, apart, keyMissing, moved } = opening;
    const asked = sets.reduce((sum, set) => sum + set.count, 0);
    if (asked + direct + apart + keyMissing + moved > release.count) throw new ApiError('case.over-cap');

    const mine = sets.find(({ issuer }) => issuer === options.name);
    if (!mine || !one.issuers.includes(options.name)) throw new ApiError('case.handles');
    const given = handleSet(options.name, handles, opening.salt);
    if (handles.length !== mine.count || given.count !== mine.count || !equalBytes(given.root, mine.root))
      throw new ApiError('case.handles');

    await judge.logged('release', loggedOf(request.released), {
      case: hash,
      release: releaseHash,
      count: release.count,
      root: release.root,
    });
    await judge.logged('opened', loggedOf(request.opened), {
      release: releaseHash,
      opening: documentHash('opening', openingBytes),
      root: handlesRoot(sets),
      count: asked,
    });
    return { standing, opening };
  }

  async #people(handles: readonly Uint8Array[]): Promise<{ people: ResolvedPerson[]; tags: Uint8Array[] }> {
    const { rows } = await this.db.query<{ handle: Uint8Array; day: string; sealed: Uint8Array }>(
      'SELECT handle, last_day AS day, sealed FROM issued_pass WHERE handle = ANY($1::bytea[])',
      [byteaArray(handles)],
    );
    const people: ResolvedPerson[] = [];
    const tags: Uint8Array[] = [];
    for (const { handle, day, sealed } of rows) {
      const holder = await this.mapping.open(day, handle, sealed);
      const identity = holder && (await this.find(holder.person));
      if (!holder || !identity) continue;
      people.push({ handle, name: identity.name, birthDate: identity.birthDate });
      tags.push(notifiedTag(holder.notice));
    }
    return { people, tags };
  }
}
