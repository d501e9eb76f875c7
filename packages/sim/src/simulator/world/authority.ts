import { chainKid } from '@munjigi/core/chain';
import { sha256 } from '@munjigi/core/encoding';
import { presentPass } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { addDays, type Calendar, calendarOf } from '@munjigi/core/rules';
import type { Bundle, DayKey } from '@munjigi/core/trust';
import { signBundle, signNow, signRoot } from '@munjigi/core/trust/publish';
import { dayKeyId } from '@munjigi/service/keys';
import type { SimKey } from '../crypto/keys.ts';
import type { KeyRing, Suite } from '../crypto/suite.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { simulationPack, TIME_ZONE } from './pack.ts';

const DAY_SECONDS = 86_400;

/** An issuer's key, as the bundle lists it. */
export interface IssuerKey {
  readonly kid: Uint8Array;
  readonly key: SimKey;
  readonly withdrawn: boolean;
}

/** What the authority publishes at one moment. */
export interface Documents {
  readonly sequence: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly bundle: Bundle;
}

/** Signs root, bundle and `now` with core's own writers. Its desk and its database are not part of the simulation. */
export class Authority {
  readonly calendar: Calendar = calendarOf(TIME_ZONE);
  readonly issuers: IssuerKey[] = [];
  readonly registerKeys: SimKey[] = [];
  readonly #dayKeys = new Map<string, SimKey>();
  readonly #rootKeys: readonly SimKey[];
  readonly #delegate: SimKey;
  #rootVersion = 1;
  #sequence = 0;
  #documents: Documents | null = null;
  readonly #roots = new Map<string, Uint8Array>();

  constructor(
    private readonly kernel: Kernel,
    private readonly suite: Suite,
    private readonly keys: KeyRing,
    private readonly where: { readonly register: readonly string[]; readonly mirrors: readonly string[] },
    readonly changeDay: string,
  ) {
    this.#rootKeys = [keys.next(), keys.next()];
    this.#delegate = keys.next();
    this.newIssuerKey();
    this.newIssuerKey();
  }

  get documents(): Documents {
    return this.#documents!;
  }

  newIssuerKey(): IssuerKey {
    const made = { kid: Uint8Array.of(this.issuers.length + 1), key: this.keys.next(), withdrawn: false };
    this.issuers.push(made);
    return made;
  }

  withdraw(kid: Uint8Array): void {
    const at = this.issuers.findIndex((issuer) => issuer.kid[0] === kid[0]);
    this.issuers[at] = { ...this.issuers[at]!, withdrawn: true };
  }

  /** The key that opens the boxes of a day; for checkers. */
  dayKey(day: string): SimKey {
    let key = this.#dayKeys.get(day);
    if (!key) {
      key = this.keys.next();
      this.#dayKeys.set(day, key);
    }
    return key;
  }

  /** Publishes what counts now: a `now`, and with `fresh` a new bundle. */
  async publish(fresh: boolean): Promise<void> {
    const { kernel, suite } = this;
    const at = Math.floor(kernel.nowMs / 1000);
    const delegate = suite.signerOf(this.#delegate);
    this.#sequence += 1;
    const old = this.#documents;
    if (!this.#roots.has('root'))
      this.#roots.set(
        'root',
        await signRoot(
          {
            version: this.#rootVersion,
            threshold: 2,
            keys: this.#rootKeys.map(({ publicKey }) => publicKey),
            delegates: [
              { publicKey: this.#delegate.publicKey, from: at - DAY_SECONDS, until: at + 80 * DAY_SECONDS },
            ],
            issuedAt: at,
          },
          this.#rootKeys.map((key) => suite.signerOf(key)),
        ),
      );
    const bundle = fresh || !old ? await this.#bundle(at) : old.bundle;
    const bytes = fresh || !old ? await signBundle(bundle, delegate) : old.files.get('bundle')!;
    const now = await signNow(
      {
        version: 1,
        sequence: this.#sequence,
        issuedAt: at,
        validFrom: at,
        validUntil: at + DAY_SECONDS,
        notice: null,
        parameters: {},
        status: 'confirmed',
        obligation: 'usual',
        bundle: { rootVersion: this.#rootVersion, sequence: bundle.sequence, digest: sha256(bytes) },
        logHead: null,
      },
      delegate,
    );
    this.#documents = {
      sequence: this.#sequence,
      bundle,
      files: new Map([...this.#roots, ['bundle', bytes], ['now', now]]),
    };
  }

  async #bundle(at: number): Promise<Bundle> {
    const today = this.calendar.dateOf(at);
    const days = Array.from({ length: 20 }, (_, i) => addDays(today, i - 6));
    return {
      version: 1,
      rootVersion: this.#rootVersion,
      sequence: this.#sequence,
      issuedAt: at,
      expiresAt: at + 30 * DAY_SECONDS,
      issuers: await Promise.all(
        this.issuers.map(async ({ kid, key, withdrawn }) => ({
          kid,
          issuer: `issuer ${kid[0]}`,
          publicKey: key.publicKey,
          usage: 'pass' as const,
          from: at - 30 * DAY_SECONDS,
          until: at + 90 * DAY_SECONDS,
          withdrawn,
          canary: await this.#canary(kid, key, at),
        })),
      ),
      foreign: [],
      withdrawn: {},
      dayKeys: days.map(
        (day): DayKey => ({
          keyId: dayKeyId(day, false),
          day,
          spare: false,
          publicKey: this.dayKey(day).publicKey,
        }),
      ),
      registerKeys: this.registerKeys.map(({ publicKey }) => ({ kid: chainKid(publicKey), publicKey })),
      endpoints: this.where,
      pack: simulationPack(this.changeDay),
      logHead: null,
    };
  }

  async #canary(kid: Uint8Array, key: SimKey, at: number): Promise<string> {
    const holder = this.keys.next();
    const expiresAt = this.calendar.startOf(addDays(this.calendar.dateOf(at), 9));
    const pass = await issueLivePass(
      { expiresAt, admissionClass: 1, hint: 0, holderKey: holder.publicKey },
      this.suite.signerOf(key),
      kid,
    );
    return presentPass(pass, this.suite.signerOf(holder), at, 0);
  }
}
