import { toBase64url } from '@munjigi/core/encoding';
import { compressPoint } from '@munjigi/core/signing';
import { signTrouble, TROUBLE_SECONDS, type Trouble } from '@munjigi/core/trouble';
import type { GateIdentity } from '../outbox/types.ts';
import { type DeviceKey, deviceSigner } from '../storage/device-key.ts';
import type { RegisterTransport } from '../sync/register-transport.ts';
import { ServerError } from '../sync/server.ts';

interface Said {
  readonly what: Trouble;
  /** Whole seconds. */
  readonly at: number;
}

/** The device as far as a report needs it: `GateStore` is one. */
export interface TroubleStore {
  setting<T>(name: string): Promise<T | undefined>;
  setSetting(name: string, value: unknown): Promise<void>;
  identity(): Promise<GateIdentity | null>;
  gateKey(): Promise<DeviceKey | null>;
}

export interface TroubleParts {
  readonly store: TroubleStore;
  readonly transport: Pick<RegisterTransport, 'trouble'>;
  /** Seconds, corrected where that is known. */
  readonly now: () => number;
}

const NAME = 'troubles';

/**
 * What the owner says does not work, on its way to the register. It may wait for a network, but not longer than an hour: what was so
 * then says nothing of now. Each of the few words waits once.
 */
export class Troubles {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: TroubleParts) {}

  /** Says it now, or as soon as the register can be reached. True where nothing waits any more. */
  say(what: Trouble): Promise<boolean> {
    return this.#inTurn(async () => {
      const at = Math.max(0, Math.floor(this.parts.now()));
      const others = (await this.#waiting()).filter((one) => one.what !== what);
      await this.#keep([...others, { what, at }]);
      return this.#send();
    });
  }

  /** Tries again what waits, and drops what has waited too long. True where nothing waits any more. */
  flush(): Promise<boolean> {
    return this.#inTurn(() => this.#send());
  }

  async #send(): Promise<boolean> {
    const left: Said[] = [];
    for (const said of await this.#waiting()) if (!(await this.#sent(said))) left.push(said);
    await this.#keep(left);
    return left.length === 0;
  }

  /** True where the register took it, or will never take it. */
  async #sent({ what, at }: Said): Promise<boolean> {
    const { store, transport } = this.parts;
    const [identity, key] = [await store.identity(), await store.gateKey()];
    if (!identity || !key || !transport.trouble) return false;
    const signed = await signTrouble({ venueId: identity.venueId, what, at }, deviceSigner(key));
    try {
      await transport.trouble({
        gateKey: toBase64url(compressPoint(key.publicKey)),
        signed: toBase64url(signed),
      });
      return true;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      return error.status >= 400 && error.status < 500 && error.status !== 429;
    }
  }

  async #waiting(): Promise<readonly Said[]> {
    const now = this.parts.now();
    const kept = (await this.parts.store.setting<readonly Said[]>(NAME)) ?? [];
    return kept.filter(({ at }) => Math.abs(now - at) < TROUBLE_SECONDS);
  }

  async #keep(said: readonly Said[]): Promise<void> {
    if (said.length > 0 || (await this.parts.store.setting<readonly Said[]>(NAME))?.length)
      await this.parts.store.setSetting(NAME, said);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work, work);
    this.#turn = next.catch(() => {});
    return next;
  }
}
