import {
  ChainsSync,
  type GateIdentity,
  type GateNews,
  type GateStore,
  httpRegister,
  type KeptReceipt,
  type RulesInUse,
  randomShare,
} from '@munjigi/offline';
import { isRefusal } from './enrolment.ts';
import { registerDoors } from './register-doors.ts';

export interface UploadParts {
  readonly store: GateStore;
  readonly rules: RulesInUse;
  readonly onReached: (reached: boolean) => void;
  readonly onConfirmed: (receipt: KeptReceipt) => void;
  /** Everything that waited through an outage is confirmed: so many entries. */
  readonly onBack: (entries: number) => void;
  readonly waiting: () => number;
  readonly onNews: (news: GateNews) => void;
  /** An older chain of this device was confirmed further. */
  readonly onOlderMoved: () => void;
  /** This device goes on under a new key. */
  readonly onRenewed: (identity: GateIdentity) => void;
  /** The register has seen who let this gate in, or that it has a new key. True where it does not count. */
  readonly onIntroduced: (unconfirmed: boolean) => void;
}

/** Of this app, as the operators' list shows it. */
const APP_VERSION: string | undefined = import.meta.env.VITE_VERSION;

/** Sends the outbox while this tab drives the gate. */
export class Upload {
  readonly #sync: ChainsSync;
  #down = false;
  #answers = true;
  #mostWaiting = 0;
  #noticeSeen = -1;

  constructor(private readonly parts: UploadParts) {
    const { store, rules } = parts;
    this.#sync = new ChainsSync({
      store,
      transport: (gate) => httpRegister(() => registerDoors(rules), gate, undefined, APP_VERSION),
      bundle: () => ({
        sequence: rules.inUse?.bundle.sequence ?? 0,
        digest: rules.inUse?.digest ?? new Uint8Array(32),
      }),
      registerKey: (kid) => rules.registerKey(kid),
      crypto: rules.crypto,
      random: randomShare,
      monotonicMs: () => performance.now(),
      now: () => {
        const estimate = rules.clock.estimate();
        return estimate && estimate.ms / 1000;
      },
      provedMs: () => rules.clock.provedMs,
      events: {
        news: parts.onNews,
        olderMoved: parts.onOlderMoved,
        renewed: parts.onRenewed,
        introduced: (unconfirmed) => parts.onIntroduced(unconfirmed !== null),
        refused: (error) => isRefusal(error) && parts.onIntroduced(true),
        confirmed: (receipt) => {
          parts.onConfirmed(receipt);
        },
        reached: (reached) => this.#reached(reached),
        sample: (sample) => {
          if (!rules.clock.followsStory && rules.clock.sample(sample)) void rules.keepClock();
        },
      },
    });
  }

  start(): void {
    this.#sync.start();
  }

  stop(): void {
    this.#sync.stop();
  }

  /** The network is back, or the page is seen: try at once. */
  nudge(): void {
    this.#sync.nudge(true);
  }

  entrySaved(): void {
    if (this.#down) this.#mostWaiting = Math.max(this.#mostWaiting, this.parts.waiting());
    this.#sync.nudge();
  }

  /** A new word of the authority may be the news that the register is back. */
  rulesChanged(): void {
    const sequence = this.parts.rules.inUse?.now?.sequence ?? -1;
    if (sequence === this.#noticeSeen) return;
    this.#noticeSeen = sequence;
    if (this.#down) this.#sync.nudge(true);
  }

  /** The counts were read again: perhaps everything that waited through an outage has arrived. */
  counted(): void {
    if (!this.#down || !this.#answers || this.parts.waiting() > 0) return;
    this.#down = false;
    if (this.#mostWaiting > 0) this.parts.onBack(this.#mostWaiting);
    this.#mostWaiting = 0;
  }

  #reached(reached: boolean): void {
    this.#answers = reached;
    this.parts.onReached(reached);
    if (!reached) {
      this.#down = true;
      this.#mostWaiting = Math.max(this.#mostWaiting, this.parts.waiting());
    } else this.counted();
  }
}
