import { TROUBLES, type Trouble as Word } from '@munjigi/core/trouble';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Gate, Trouble } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

/** One quiet button, and behind it what can be said: no words of one's own, nobody's data. */
export function ItDoesNotWork({ gate, trouble }: { readonly gate: Gate; readonly trouble: Trouble }) {
  const [open, turn] = useState(false);
  const state = trouble.state.value;
  const choose = (what: Word): void => {
    turn(false);
    void trouble.say(what);
  };
  return (
    <section class="part">
      <h2>{word(gate, 'trouble.headline')}</h2>
      <p class="quiet">
        <Say text={word(gate, 'trouble.text')} />
      </p>
      {open ? (
        <Words gate={gate} onChoose={choose} />
      ) : (
        <button type="button" class="btn" aria-expanded={false} onClick={() => turn(true)}>
          {word(gate, 'trouble.open')}
        </button>
      )}
      <p class="quiet small" role="status">
        {state !== 'none' && <Say text={word(gate, state === 'sent' ? 'trouble.sent' : 'trouble.waiting')} />}
      </p>
    </section>
  );
}

function Words({ gate, onChoose }: { readonly gate: Gate; onChoose(what: Word): void }) {
  const first = useRef<HTMLButtonElement>(null);
  // Whoever opened them by a key goes on from there.
  useEffect(() => first.current?.focus(), []);
  return (
    <fieldset class="troubles" aria-label={word(gate, 'trouble.headline')}>
      {TROUBLES.map((what, i) => (
        <button
          key={what}
          ref={i === 0 ? first : null}
          type="button"
          class="btn"
          onClick={() => onChoose(what)}
        >
          {word(gate, `trouble.${what}`)}
        </button>
      ))}
    </fieldset>
  );
}
