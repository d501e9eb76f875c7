import { useRef, useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { Foot } from './Foot.tsx';
import { Keypad } from './Keypad.tsx';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { packText, word } from './words.ts';

type Kind = 'safety-code' | 'phone' | 'sheet-line';
const KINDS: readonly Kind[] = ['safety-code', 'phone', 'sheet-line'];

/** Long rows of digits are shown in groups: a wrong digit is seen, not counted. */
export function grouped(kind: Kind, value: string): string {
  if (kind !== 'phone') return value;
  const digits = value.replace(/\D/g, '');
  if (digits.length < 4) return digits;
  return digits.length < 8
    ? `${digits.slice(0, 3)}-${digits.slice(3)}`
    : `${digits.slice(0, 3)}-${digits.slice(3, -4)}-${digits.slice(-4)}`;
}

/** An entry without a code: a safety code, a telephone number or a line of the paper sheet. Sealed as soon as it is saved. */
export function Typed({ gate }: { readonly gate: Gate }) {
  const [kind, choose] = useState<Kind>('safety-code');
  const [value, write] = useState('');
  const [wrong, complain] = useState(false);
  const [busy, wait] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const name = (one: Kind): string => packText(gate, `typed.${one}.label`, {}, word(gate, `typed.${one}`));
  const change = (next: string): void => {
    complain(false);
    write(kind === 'phone' ? next.replace(/\D/g, '') : next);
  };
  const save = async (): Promise<void> => {
    wait(true);
    const saved = await gate.recordTyped(kind, value.trim()).catch(() => false);
    wait(false);
    if (!saved) {
      complain(true);
      field.current?.focus();
      return;
    }
    write('');
    if (gate.view.value.name === 'typed') gate.show('scan');
  };
  return (
    <>
      <main class="form typed">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <div class="entry">
            <Title>{word(gate, 'typed.headline')}</Title>
            <div class="choice" role="radiogroup" aria-label={word(gate, 'typed.headline')}>
              {KINDS.map((one) => (
                <label key={one}>
                  <input
                    type="radio"
                    name="kind"
                    checked={kind === one}
                    onChange={() => {
                      choose(one);
                      write('');
                      complain(false);
                    }}
                  />
                  <span>{name(one)}</span>
                </label>
              ))}
            </div>
            <label class="field">
              <span class="off-screen">{name(kind)}</span>
              <input
                ref={field}
                class="num"
                name="value"
                value={grouped(kind, value)}
                inputMode={kind === 'safety-code' ? 'text' : 'none'}
                autoComplete="off"
                autoCapitalize="off"
                spellcheck={false}
                aria-invalid={wrong}
                aria-describedby="typed-help"
                onInput={(event) => change(event.currentTarget.value)}
              />
            </label>
            <p id="typed-help" class={wrong ? 'help wrong' : 'help'} role={wrong ? 'alert' : undefined}>
              <Say
                text={
                  wrong
                    ? packText(gate, `typed.${kind}.wrong`, {}, word(gate, `typed.${kind}-wrong`))
                    : packText(gate, `typed.${kind}.help`, {}, word(gate, `typed.${kind}-help`))
                }
              />
            </p>
          </div>
          <Keypad
            gate={gate}
            dash={kind === 'sheet-line'}
            onKey={(key) => change(value + key)}
            onDelete={() => change([...value].slice(0, -1).join(''))}
          />
          <div class="acts">
            <button type="submit" class="btn first" disabled={busy || value.trim() === ''}>
              {word(gate, 'typed.save')}
            </button>
            <button type="button" class="btn" onClick={() => gate.show('scan')}>
              {word(gate, 'back')}
            </button>
          </div>
        </form>
      </main>
      <Foot gate={gate} left={<span class="quiet">{word(gate, 'typed.sealed')}</span>} />
    </>
  );
}
