import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '@munjigi/core/encoding';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import {
  type Bundle,
  compareBundles,
  compareNow,
  compileTrust,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  refuseTwoFaces,
  registerKeyOf,
  type StoryClock,
  storyAt,
  type Trust,
} from '@munjigi/core/trust';
import { writeWhole } from '@munjigi/service/crypto';

const NAMES = ['root', 'now', 'bundle', 'clock'] as const;
/** The documents as they were served; a clock in an exercise only. */
export type Bytes = Readonly<Record<'root' | 'now' | 'bundle', Uint8Array>> & { readonly clock?: Uint8Array };

/** Documents that were verified together. */
export interface Documents {
  readonly root: Root;
  readonly now: Now;
  readonly bundle: Bundle;
  /** Of the bundle: what `now` names it by. */
  readonly digest: Uint8Array;
  readonly clock: StoryClock | null;
  readonly bytes: Bytes;
}

/** What the canary's gates decide from: the last known good of what mirrors served. */
export interface InUse extends Documents {
  readonly trust: Trust;
  /** Of the bundle's pack, taken as an exercise: a specimen counts for the canary, and for no door. */
  readonly policy: Policy;
  readonly registerKey: (kid: Uint8Array) => Uint8Array | undefined;
}

/** True where the bundle's pack is one of an exercise: only then is a played clock followed. */
export const isExercise = ({ pack }: Bundle): boolean =>
  (pack as { exercise?: unknown } | null)?.exercise === true;

function made(documents: Documents, before: InUse | null): InUse {
  if (before && equalBytes(before.digest, documents.digest)) return { ...before, ...documents };
  const { bundle } = documents;
  return {
    ...documents,
    trust: compileTrust(bundle),
    policy: compilePolicy({ ...(bundle.pack as object), exercise: true }),
    registerKey: registerKeyOf(bundle),
  };
}

/** The documents that the canary keeps in its folder. With them it goes on while every mirror is away. */
export class CanaryTrust {
  #inUse: InUse | null = null;
  #saving: Promise<void> = Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly crypto: Crypto,
    private readonly realMs: () => number,
  ) {}

  /** Reads back what the folder keeps; needs no network. Throws where it was tampered with. */
  static async open(folder: string, crypto: Crypto, realMs = Date.now): Promise<CanaryTrust> {
    const trust = new CanaryTrust(folder, crypto, realMs);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [rootBytes, nowBytes, bundleBytes, clockBytes] = await Promise.all(
      NAMES.map(
        (name): Promise<Uint8Array | null> =>
          readFile(join(folder, `${name}.cose`)).then(
            (bytes) => new Uint8Array(bytes),
            () => null,
          ),
      ),
    );
    if (!rootBytes || !nowBytes || !bundleBytes) return trust;
    const root = await openRoot(rootBytes, crypto);
    const clock = clockBytes ? { clock: clockBytes } : {};
    trust.#inUse = made(
      {
        root,
        now: await openNow(nowBytes, root, crypto),
        ...(await openBundle(bundleBytes, root, crypto)),
        clock: clockBytes ? await openClock(clockBytes, root, crypto) : null,
        bytes: { root: rootBytes, now: nowBytes, bundle: bundleBytes, ...clock },
      },
      null,
    );
    return trust;
  }

  get current(): InUse | null {
    return this.#inUse;
  }

  /** Whole seconds now: as a played clock tells them, else as the machine does. */
  seconds(clock: StoryClock | null = this.#inUse?.clock ?? null): number {
    const ms = this.realMs();
    return Math.floor((clock ? storyAt(clock, ms) : ms) / 1000);
  }

  /** Seconds since the last signed word that the rules in use are the newest. */
  ageSeconds({ bundle, now, digest }: InUse): number {
    const confirmed = equalBytes(now.bundle.digest, digest) ? now.issuedAt : 0;
    return Math.max(0, this.seconds() - Math.max(bundle.issuedAt, confirmed));
  }

  /**
   * Takes documents of a mirror into use where they are newer than those in use, and keeps them. A mirror that lags behind another
   * is no fault here. Throws `trust.equivocation`, `trust.fast-forward`, `trust.shrunk`, `trust.rollback`.
   */
  async take(found: Documents): Promise<void> {
    const held = this.#inUse;
    const at = this.seconds(found.clock);
    const isClock = found.clock && found.clock.sequence > (held?.clock?.sequence ?? 0);
    if (held && !isClock) {
      if (found.now.bundle.rootVersion === held.root.version && found.now.sequence < held.now.sequence)
        return;
      if (compareNow(held.now, found.now, at) === 'same') {
        if (!equalBytes(held.bytes.now, found.bytes.now)) refuseTwoFaces('document of what counts now');
        return;
      }
    }
    if (held && !equalBytes(held.digest, found.digest)) compareBundles(held.bundle, found.bundle, at);
    this.#inUse = made(found, held);
    await this.#save(found.bytes);
  }

  /** Follows the played clock of a mirror whose documents are not taken: what time it is does not hang on how old they are. */
  async keepTime({ clock, bytes }: Documents): Promise<void> {
    const held = this.#inUse;
    if (!held || !clock || !bytes.clock || clock.sequence <= (held.clock?.sequence ?? 0)) return;
    const kept = { ...held.bytes, clock: bytes.clock };
    this.#inUse = { ...held, clock, bytes: kept };
    await this.#save(kept);
  }

  #save(bytes: Bytes): Promise<void> {
    this.#saving = this.#saving
      .catch(() => {})
      .then(async () => {
        // What counts now names all the others, so it is written last.
        for (const name of ['root', 'clock', 'bundle', 'now'] as const) {
          const content = bytes[name];
          if (content) await writeWhole(join(this.folder, `${name}.cose`), content, 0o600);
        }
      });
    return this.#saving;
  }
}
