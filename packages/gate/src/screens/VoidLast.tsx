import { Icon, Rail } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { asMs, clockTime } from './when.ts';
import { word } from './words.ts';

/** Takes the last entry back: not by deleting it, by writing the cancellation behind it. Asked once more before. */
export function VoidLast({ gate }: { readonly gate: Gate }) {
  const [asked, ask] = useState(false);
  const [failed, fail] = useState(false);
  const last = gate.lastEntry.value;
  const time = last ? clockTime(gate, asMs(last.at)) : '';
  const cancel = async (): Promise<void> => {
    ask(false);
    fail(
      await gate.voidLast().then(
        () => false,
        () => true,
      ),
    );
  };
  return (
    <section class="part void">
      <h2>{last ? word(gate, 'last.entry', { time }) : word(gate, 'last.none')}</h2>
      {last && !last.voided && <Rail state={last.record} language={gate.language.value} short />}
      {last?.voided && <p role="status">{word(gate, 'more.void-done')}</p>}
      {asked && (
        <p role="alert">
          <strong>{word(gate, 'more.void-sure', { time })}</strong>{' '}
          <Say text={word(gate, 'more.void-text')} />
        </p>
      )}
      {failed && <p role="alert">{word(gate, 'more.failed')}</p>}
      {last && !last.voided && (
        <div class="row">
          {asked ? (
            <>
              <button type="button" class="btn first" onClick={() => void cancel()}>
                {word(gate, 'more.void-yes')}
              </button>
              <button type="button" class="btn" onClick={() => ask(false)}>
                {word(gate, 'back')}
              </button>
            </>
          ) : (
            <button type="button" class="btn" onClick={() => ask(true)}>
              <Icon name="undo-2" />
              {word(gate, 'more.void')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}
