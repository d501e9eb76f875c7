import { Icon } from '@munjigi/ui/elements';
import { useEffect, useState } from 'preact/hooks';
import type { Gate, SettingsLock } from '../model.ts';
import { Foot } from './Foot.tsx';
import { Part } from './More.tsx';
import { PinEntry } from './PinEntry.tsx';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { word } from './words.ts';

/** What only the owner and their staff should touch, behind a PIN where one is set. */
export function Settings({ gate, lock }: { readonly gate: Gate; readonly lock: SettingsLock }) {
  const [open, unlock] = useState<boolean | null>(null);
  useEffect(() => {
    void lock.isSet().then((set) => unlock(!set));
  }, [lock]);
  // A page says what it is from its first moment on.
  if (open === null)
    return (
      <main class="form">
        <Title>{word(gate, 'settings.headline')}</Title>
      </main>
    );
  if (!open) return <PinEntry gate={gate} lock={lock} onOpen={() => unlock(true)} />;
  const mayLetIn = gate.joining?.mayLetIn === true;
  return (
    <>
      <main class="more settings">
        <header>
          <Title>{word(gate, 'settings.headline')}</Title>
          <button type="button" class="btn first" onClick={() => gate.show('more')}>
            {word(gate, 'back')}
          </button>
        </header>
        <div class="columns">
          <Part title={word(gate, 'let-in.headline')}>
            <p class="quiet">
              <Say text={word(gate, mayLetIn ? 'settings.let-in-text' : 'settings.let-in-owner')} />
            </p>
            {mayLetIn && (
              <button type="button" class="btn" onClick={() => gate.show('let-in')}>
                <Icon name="tablet" />
                {word(gate, 'let-in.headline')}
              </button>
            )}
          </Part>
          <SetPin gate={gate} lock={lock} />
        </div>
      </main>
      <Foot gate={gate} left={<span class="quiet">{gate.venue.value?.name}</span>} />
    </>
  );
}

function SetPin({ gate, lock }: { readonly gate: Gate; readonly lock: SettingsLock }) {
  const [pin, write] = useState('');
  const [saved, tell] = useState(false);
  return (
    <Part title={word(gate, 'pin.headline')}>
      <p class="quiet">
        <Say text={word(gate, 'pin.text')} />
      </p>
      <form
        class="paste"
        onSubmit={(event) => {
          event.preventDefault();
          void lock.set(pin).then(() => {
            write('');
            tell(true);
          });
        }}
      >
        <label>
          <span class="off-screen">{word(gate, 'pin.headline')}</span>
          <input
            name="pin"
            class="num"
            inputMode="numeric"
            autoComplete="off"
            maxLength={8}
            value={pin}
            onInput={(event) => {
              tell(false);
              write(event.currentTarget.value.replace(/\D/g, ''));
            }}
          />
        </label>
        <button type="submit" class="btn" disabled={pin.length < 4}>
          {word(gate, 'pin.save')}
        </button>
      </form>
      <p class="quiet" role="status">
        {saved && word(gate, 'pin.saved')}
      </p>
    </Part>
  );
}
