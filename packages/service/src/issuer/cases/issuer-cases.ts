import {
  documentHash,
  handleSet,
  handlesRoot,
  type Opening,
  openOpening,
  openRelease,
  openResolution,
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
    const now = nowSeconds(this.options.clock);
    const { people, tags } = await this.#people(handles);
    const { name, signer, policy } = this.options;
    const fresh = await signResolution(
      { openingHash, issuer: name, asked: handles.length, found: people.length, at: now },
      signer,
    );
    const answered = await this.#answerOnce(standing, now, policy.calendar.dateOf(now), tags, fresh);
    if (!answered.first && !(again && (await this.#answers(answered.resolution, openingHash)))) {
      this.options.alarm?.('case-refused');
      throw new ApiError('case.resolved-already');
    }
    const { at, resolution } = answered;
    const said = await openResolution(resolution!, await this.judge.keyOf('issuer'), this.options.crypto);
    try {
      // Said again it is the same line, which the log holds once.
      await this.judge.log('resolved', at, {
        case: standing.hash,
        count: said.found,
        day: policy.calendar.dateOf(at),
        release: opening.releaseHash,
        opening: openingHash,
        resolution: documentHash('resolution', resolution!),
      });
    } catch (error) {
      // What is not logged was not answered: it may be asked again.
      if (answered.first) await this.#takeBack(standing.hash, tags);
      throw error;
    }
    await this.#publish().catch(() => {
      this.nudge();
      this.options.alarm?.('case-housekeeping');
    });
    return { resolution: resolution!, people };
  }

  /** Takes note that the case is being answered, with the tags to publish; or answers what was answered before. */
  async #answerOnce(
    { hash, case: one }: StandingCase,
    at: number,
    day: string,
    tags: readonly Uint8Array[],
    resolution: Uint8Array,
  ): Promise<{ first: boolean; at: number; resolution: Uint8Array | null }> {
    return this.db.tx(async (session) => {
      const { count } = await session.query(
        `INSERT INTO resolved_case (case_hash, answered_at, expires_at, resolution) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING`,
        [hash, at, one.expiresAt, resolution],
      );
      if (count === 1) {
        await session.query(
          'INSERT INTO tag_to_publish (day, tag) SELECT $1::date, unnest($2::bytea[]) ON CONFLICT DO NOTHING',
          [day, byteaArray(tags)],
        );
        return { first: true, at, resolution };
      }
      const { rows } = await session.query<{ at: number; resolution: Uint8Array | null }>(
        'SELECT answered_at AS at, resolution FROM resolved_case WHERE case_hash = $1',
        [hash],
      );
      return { first: false, at: rows[0]?.at ?? at, resolution: rows[0]?.resolution ?? null };
    });
  }

  /** True for a kept answer to exactly this opening. */
  async #answers(resolution: Uint8Array | null, openingHash: Uint8Array): Promise<boolean> {
    if (!resolution) return false;
    const said = await openResolution(resolution, await this.judge.keyOf('issuer'), this.options.crypto);
    return equalBytes(said.openingHash, openingHash);
  }

  async #takeBack(caseHash: Uint8Array, tags: readonly Uint8Array[]): Promise<void> {
    await this.db.query('DELETE FROM resolved_case WHERE case_hash = $1', [caseHash]);
    await this.db.query('DELETE FROM tag_to_publish WHERE tag = ANY($1::bytea[])', [byteaArray(tags)]);
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
