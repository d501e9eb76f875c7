import type { ReadonlySignal } from '@preact/signals';
import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

/** A newer version of the app that waits behind this one. */
export interface Update {
  readonly ready: ReadonlySignal<boolean>;
  take(): Promise<void>;
}

/** Offered here and nowhere else: never over a scan. */
export function UpdateOffer({ gate, update }: { readonly gate: Gate; readonly update: Update }) {
  if (!update.ready.value) return null;
  return (
    <section class="part update" role="status">
      <p>
        <Say text={word(gate, 'update.ready')} />
      </p>
      <button type="button" class="btn" onClick={() => void update.take()}>
        {word(gate, 'update.tap')}
      </button>
    </section>
  );
}
