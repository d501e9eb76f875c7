import { Icon } from '@munjigi/ui/elements';
import type { Gate } from '../model.ts';
import { Foot } from './Foot.tsx';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { word } from './words.ts';

const CHOICES = [
  { party: 'alone', icon: 'user' },
  { party: 'group', icon: 'users' },
] as const;

/** Alone or with others: some rules ask for it. Asked of the next guest only, and written nowhere. */
export function Party({ gate }: { readonly gate: Gate }) {
  const now = gate.party?.value ?? 'unknown';
  const choose = (party: 'unknown' | 'alone' | 'group'): void => {
    gate.setParty(party);
    gate.show('scan');
  };
  return (
    <>
      <main class="form party">
        <Title>{word(gate, 'party.headline')}</Title>
        <div class="big">
          {CHOICES.map(({ party, icon }) => (
            <button
              type="button"
              key={party}
              class="btn"
              aria-pressed={now === party}
              onClick={() => choose(party)}
            >
              <Icon name={icon} />
              {word(gate, `party.${party}`)}
            </button>
          ))}
        </div>
        <div class="acts">
          <button
            type="button"
            class="btn"
            aria-pressed={now === 'unknown'}
            onClick={() => choose('unknown')}
          >
            {word(gate, 'party.unknown')}
          </button>
          <button type="button" class="btn" onClick={() => gate.show('scan')}>
            {word(gate, 'back')}
          </button>
        </div>
      </main>
      <Foot
        gate={gate}
        left={
          <span class="quiet">
            <Say text={word(gate, 'party.text')} />
          </span>
        }
      />
    </>
  );
}
