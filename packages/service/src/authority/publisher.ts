import { equalBytes, toHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { inspect } from '@munjigi/core/gate';
import type { Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  compareBundles,
  compileTrust,
  encodeBundle,
  type ForeignEntry,
  type IssuerEntry,
  type Now,
  openBundle,
  openClock,
  openNow,
  type Root,
  selfTest,
  urgently,
} from '@munjigi/core/trust';
import { readVouchedBundle, signBundle, signClock, signNow } from '@munjigi/core/trust/publish';
import { nowSeconds, type Story, type StoryClockPort } from '../clock/index.ts';
import { ApiError } from '../contracts/index.ts';
import { type LateFields, withoutHead } from './bundle-parts.ts';
import type { DayKeys } from './day-keys.ts';
import { type Documents, Overtaken, type Published } from './documents.ts';
import { type Standing as Notice, type Notices, obligationOf } from './notices.ts';
import type { RootKeeper, Standing } from './root.ts';
import { RulesInForce, withoutRecord } from './sunset.ts';

/** Public documents of the other desks, handed over by whoever composes the service. */
export interface Handover {
  issuers(): Promise<readonly IssuerEntry[]>;
  registerKeys(): Promise<Bundle['registerKeys']>;
}

export interface PublisherParts {
  readonly documents: Documents;
  readonly root: RootKeeper;
  readonly dayKeys: DayKeys;
  readonly notices: Notices;
  readonly policy: Policy;
  readonly pack: unknown;
  readonly foreign: () => readonly ForeignEntry[];
  readonly handover: Handover;
  readonly endpoints: Bundle['endpoints'];
  /** The public log's head, and the bundle's named parts. */
  readonly late: () => Promise<LateFields>;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
}

const NOW_SECONDS = 300;
/** So often what was overtaken by another process is looked at again. */
const TURNS = 5;

/** What somebody says counts from now on. */
export type Saying = Pick<Notice, 'notice' | 'status' | 'parameters' | 'obligation'>;

/**
 * Publishes what devices follow: the bundle when its content changed or it grows old, and the small `now` besides, always
 * before the last one's validity ends. Calls take turns, so that numbers and contents go the same way.
 */
export class Publisher {
  private turn: Promise<unknown> = Promise.resolve();

  private readonly rules: RulesInForce;
  /** The newest bundle withdraws a key. Forgotten with the process: devices then fetch it at their slot. */
  private urgent = false;
  /** Number of the clock that is followed. */
  private played: number;

  constructor(private readonly parts: PublisherParts) {
    this.played = parts.documents.latest('clock')?.sequence ?? 0;
    this.rules = new RulesInForce(parts.pack, parts.policy);
  }

  /** Publishes what is due; false where no bundle can be made yet, since no issuer has handed over a key. */
  refresh(): Promise<boolean> {
    return this.inTurn(() => this.publishDue(false));
  }

  /**
   * A person says what counts from now on, perhaps for an incident. Throws the errors of `Notices.add`, or `authority.too-large`.
   */
  announce(saying: Saying, incident: number | null = null): Promise<Published> {
    return this.inTurn(async () => {
      const at = nowSeconds(this.parts.clock);
      const standing: Notice = { ...saying, validFrom: at, saidBy: 'person', incident };
      const before = await this.parts.notices.current(at);
      await this.parts.notices.add(standing);
      try {
        if (!(await this.publishDue(true))) throw new ApiError('authority.document-missing');
      } catch (error) {
        // What could not be said does not count: the notice before it is in force again.
        await this.parts.notices.add(before);
        if (isMunjigiError(error, 'trust.structure'))
          throw new ApiError('authority.too-large', { cause: error });
        throw error;
      }
      return this.parts.documents.latest('now')!;
    });
  }

  /**
   * Publishes at once where what counts is not what was last said, here or by another process. True where what counts has been
   * said by now.
   */
  follow(): Promise<boolean> {
    return this.inTurn(async () => {
      const { documents, notices, root, clock } = this.parts;
      const standing = await notices.current(nowSeconds(clock));
      const [said, known] = [documents.latest('now'), await root.current()];
      // The first words of a service are spoken by `refresh`, once there is a root and an issuer.
      if (!said || !known) return false;
      return isSaid(standing, await this.read(said, known)) || this.publishDue(false);
    });
  }

  /** A `now` that was published, or null where it is of an earlier root. */
  private read({ bytes }: Published, root: Root): Promise<Now | null> {
    return openNow(bytes, root, this.parts.crypto).catch(() => null);
  }

  /** Plays a moment of a story: the service's clock follows it, and devices learn it from the signed clock. */
  play(story: Story): Promise<Published> {
    return this.inTurn(async () => {
      const { clock, root, documents } = this.parts;
      for (let turn = 1; ; turn++) {
        await documents.follow();
        clock.follow(story);
        try {
          const published = await this.publishClock(story, await root.at(nowSeconds(clock)));
          await this.publishDue(false);
          return published;
        } catch (error) {
          // Servers that are started together all say which moment is played.
          if (!(error instanceof Overtaken) || turn === TURNS) throw error;
        }
      }
    });
  }

  /** Plays the moment that another process was told last, where this one has not heard of it. */
  playAlong(): Promise<void> {
    return this.inTurn(async () => {
      const { clock, documents, root, crypto } = this.parts;
      const [said, known] = [documents.latest('clock'), await root.current()];
      if (!said || !known || !clock.story() || said.sequence <= this.played) return;
      const story = await openClock(said.bytes, known, crypto).catch(() => null);
      if (!story) return;
      this.played = said.sequence;
      clock.follow({ storyMs: story.storyMs, realMs: story.realMs, rate: story.rate });
    });
  }

  private async publishClock(story: Story, { delegate }: Standing): Promise<Published> {
    const { documents, clock } = this.parts;
    const published = await documents.publish('clock', nowSeconds(clock), (sequence) =>
      signClock({ version: 1, sequence, ...story }, delegate),
    );
    this.played = published.sequence;
    return published;
  }

  /** A new root has new delegates: the clock that is being followed is signed again by one of them. */
  private async renewClock(standing: Standing): Promise<void> {
    const { clock, documents, crypto } = this.parts;
    const story = clock.story();
    const said = documents.latest('clock');
    if (!story || !said || (await openClock(said.bytes, standing.root, crypto).catch(() => null))) return;
    await this.publishClock(story, standing);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work, work);
    this.turn = result.catch(() => {});
    return result;
  }

  /** Another process may publish meanwhile: then it is looked at again what is still due. */
  private async publishDue(announce: boolean): Promise<boolean> {
    for (let turn = 1; ; turn++) {
      try {
        return await this.publishOnce(announce && turn === 1);
      } catch (error) {
        if (!(error instanceof Overtaken) || turn === TURNS) throw error;
        await this.parts.documents.follow();
      }
    }
  }

  private async publishOnce(announce: boolean): Promise<boolean> {
    const { clock, root, documents, policy } = this.parts;
    const at = nowSeconds(clock);
    const standing = await root.at(at);
    await this.renewClock(standing);
    const content = await this.content(standing, at);
    if (content.issuers.every(({ withdrawn }) => withdrawn)) return false;
    const current = documents.latest('bundle');
    const stale = !current || Math.abs(at - current.issuedAt) > policy.pack.ladder.ageingHours * 900;
    let signing = standing;
    if (stale || !(await this.isSame(current, standing, content))) {
      const urgent = await this.withdrawsMore(current, content);
      signing = await this.publishBundle(content, standing, at);
      this.urgent = urgent;
    }
    await this.publishNow(signing, at, announce, content.logHead);
    return true;
  }

  /** Takes in a root that a ceremony made, and signs under it at once. */
  takeRoot(bytes: Uint8Array): Promise<Root> {
    return this.inTurn(async () => {
      await this.parts.documents.follow();
      const root = await this.parts.root.take(bytes, nowSeconds(this.parts.clock));
      await this.publishDue(false);
      return root;
    });
  }

  private async content({ root }: Standing, at: number): Promise<Bundle> {
    const { dayKeys, foreign, handover, endpoints, late } = this.parts;
    const { pack, policy } = this.rules.at(dayKeys.endedOn);
    return {
      version: 1,
      rootVersion: root.version,
      sequence: 1,
      issuedAt: at,
      expiresAt: at + policy.pack.ladder.tooOldHours * 3600,
      issuers: await handover.issuers(),
      foreign: foreign(),
      withdrawn: {},
      dayKeys: await dayKeys.around(at),
      registerKeys: await handover.registerKeys(),
      endpoints,
      pack,
      ...(await late()),
    };
  }

  /** True where a key is withdrawn that the bundle before still trusts: then devices do not wait for their slot. */
  private async withdrawsMore(current: Published | null, content: Bundle): Promise<boolean> {
    if (!current) return false;
    const before = readVouchedBundle(current.bytes);
    const trusted = new Set(before.issuers.filter((one) => !one.withdrawn).map(({ kid }) => toHex(kid)));
    return content.issuers.some(({ kid, withdrawn }) => withdrawn && trusted.has(toHex(kid)));
  }

  private async isSame(current: Published, { root }: Standing, content: Bundle): Promise<boolean> {
    try {
      const { bundle } = await openBundle(current.bytes, root, this.parts.crypto);
      const { sequence, issuedAt, expiresAt } = bundle;
      return equalBytes(
        encodeBundle(withoutHead(bundle)),
        encodeBundle(withoutHead({ ...content, sequence, issuedAt, expiresAt })),
      );
    } catch (error) {
      // The bundle of an earlier root: it is followed by one of this root.
      if (isMunjigiError(error)) return false;
      throw error;
    }
  }

  /**
   * Publishes a bundle, and never one that a gate would refuse. Where it lost more than half of its keys the root has to say
   * so: by a new version where the shares are here, else by a ceremony, and the bundle before it stays in use until then.
   */
  private async publishBundle(content: Bundle, standing: Standing, at: number): Promise<Standing> {
    const { documents, crypto, root: keeper } = this.parts;
    const sign = ({ root, delegate }: Standing) =>
      documents.publish('bundle', at, async (sequence) => {
        const bytes = await signBundle({ ...content, rootVersion: root.version, sequence }, delegate);
        const { bundle } = await openBundle(bytes, root, crypto, at);
        await selfTest(bundle, compileTrust(bundle), crypto, inspect);
        await this.refuseShrunk(bundle, root, at);
        return bytes;
      });
    try {
      await sign(standing);
      return standing;
    } catch (error) {
      const next = isMunjigiError(error, 'trust.shrunk') ? await keeper.next(at) : null;
      if (!next) throw error;
      await sign(next);
      return next;
    }
  }

  private async refuseShrunk(next: Bundle, root: Root, at: number): Promise<void> {
    const current = this.parts.documents.latest('bundle');
    const held = current && (await openBundle(current.bytes, root, this.parts.crypto).catch(() => null));
    // Numbers go on and the clock of a story may go back: only the loss of keys is looked at here.
    if (held) compareBundles(held.bundle, { ...next, sequence: held.bundle.sequence + 1, issuedAt: at }, at);
  }

  private async publishNow(
    { root, delegate }: Standing,
    at: number,
    announce: boolean,
    logHead: Uint8Array | null,
  ): Promise<void> {
    const { documents, notices, dayKeys } = this.parts;
    const { endedOn } = dayKeys;
    const { policy } = this.rules.at(endedOn);
    const bundle = documents.latest('bundle')!;
    const notice = await notices.current(at);
    const said = obligationOf(policy, notice, at);
    const obligation = endedOn === null ? said : withoutRecord(policy, said);
    const last = documents.latest('now');
    if (last && !announce && Math.abs(at - last.issuedAt) < NOW_SECONDS) {
      const known = await this.read(last, root);
      const sameBundle = known && equalBytes(known.bundle.digest, bundle.digest);
      if (sameBundle && known.obligation === obligation && isSaid(notice, known)) return;
    }
    await documents.publish('now', at, (sequence) =>
      signNow(
        {
          version: 1,
          sequence,
          issuedAt: at,
          validFrom: notice.validFrom,
          validUntil: at + policy.pack.ladder.ageingHours * 3600,
          notice: notice.notice,
          parameters: this.urgent ? urgently(notice.parameters) : notice.parameters,
          status: notice.status,
          obligation,
          bundle: { rootVersion: root.version, sequence: bundle.sequence, digest: bundle.digest },
          logHead,
        },
        delegate,
      ),
    );
  }
}

/** True where a `now` tells of the very notice that counts. */
const isSaid = (standing: Notice, now: Now | null): boolean =>
  now !== null &&
  now.notice === standing.notice &&
  now.status === standing.status &&
  now.validFrom === standing.validFrom &&
  sameParameters(now.parameters, standing.parameters);

const sameParameters = (a: Now['parameters'], b: Now['parameters']): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => b[name] === value);
