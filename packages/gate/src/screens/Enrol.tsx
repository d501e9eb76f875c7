import { Icon } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

/** A device that belongs to no venue yet: the same two values that an enrolment link carries, typed by hand. */
export function Enrol({ gate }: { readonly gate: Gate }) {
  const [venue, setVenue] = useState('');
  const [code, setCode] = useState('');
  return (
    <div class="middle two">
      <form
        class="enrol"
        onSubmit={(event) => {
          event.preventDefault();
          location.hash = new URLSearchParams({ venue: venue.trim(), enrol: code.trim() }).toString();
          location.reload();
        }}
      >
        <h1>{word(gate, 'enrol.headline')}</h1>
        <p>
          <Say text={word(gate, 'enrol.text')} />
        </p>
        <label>
          <span class="quiet">{word(gate, 'enrol.venue')}</span>
          <input
            name="venue"
            inputMode="numeric"
            autoComplete="off"
            value={venue}
            onInput={(event) => setVenue(event.currentTarget.value)}
          />
        </label>
        <label>
          <span class="quiet">{word(gate, 'enrol.code')}</span>
          <input
            name="enrol"
            autoComplete="off"
            spellcheck={false}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="btn first" disabled={venue.trim() === '' || code.trim() === ''}>
          {word(gate, 'enrol.go')}
        </button>
      </form>
      <div class="or">
        <h2>{word(gate, 'enrol.or')}</h2>
        <p class="quiet">
          <Say text={word(gate, 'enrol.join-text')} />
        </p>
        <button type="button" class="btn" onClick={() => gate.show('join')}>
          <Icon name="qr-code" />
          {word(gate, 'enrol.join')}
        </button>
      </div>
    </div>
  );
}
