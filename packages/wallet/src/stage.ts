import type { Appearance } from '@munjigi/ui/appearance';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { OpenWallet } from './engine/open.ts';
import { type Code, VIEWS, type View } from './model.ts';

/** What the demonstration page may ask of a wallet that it opened with `?stage`. */
export interface WalletStage {
  readonly look: Appearance;
  /** What stands in the frame of the first page, whoever's wallet it is. */
  readonly code: ReadonlySignal<Code>;
  /** A page of this wallet; or the wallet of another person, enrolled if it was not, resolving when the code stands. */
  show(viewOrPerson: string): Promise<void>;
  /** Resolves when the present person's code stands on the screen. */
  readonly ready: Promise<void>;
  /** The text of the code on the screen, or null. */
  textNow(): string | null;
  /** Looks for new documents now. */
  refresh(): Promise<void>;
}

const isView = (name: string): name is View => (VIEWS as readonly string[]).includes(name);

/** Resolves when a code, or the sentence that none is left, stands there. */
function shown(wallet: OpenWallet): Promise<void> {
  return new Promise((done) => {
    let stop: (() => void) | null = null;
    stop = wallet.code.subscribe((code) => {
      if (code.state === 'opening') return;
      queueMicrotask(() => stop?.());
      done();
    });
  });
}

/** Several phones in one frame: each person is a profile of their own. */
export function openStage(
  look: Appearance,
  open: (profile: string | null) => Promise<OpenWallet>,
  first: string | null,
) {
  const current = signal<OpenWallet | null>(null);
  const standing: Code = { state: 'opening' };

  const change = async (person: string | null): Promise<void> => {
    const next = await open(person);
    current.peek()?.close();
    current.value = next;
    if (person !== null && next.stage.peek() === 'enrol') await next.enrol(person);
    if (next.stage.peek() === 'open') await shown(next);
  };
  let ready = change(first);
  const api: WalletStage = {
    look,
    code: computed(() => current.value?.code.value ?? standing),
    async show(name) {
      if (isView(name)) current.peek()?.show(name);
      else {
        ready = change(name);
        await ready;
      }
    },
    get ready() {
      return ready;
    },
    textNow() {
      const code = current.peek()?.code.peek();
      return code?.state === 'live' ? code.text : null;
    },
    refresh: () => current.peek()?.refresh() ?? Promise.resolve(),
  };
  return { current, api };
}
