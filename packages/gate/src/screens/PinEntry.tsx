import type { PinAnswer } from '@munjigi/offline';
import { useState } from 'preact/hooks';
import type { Gate, SettingsLock } from '../model.ts';
import { Back } from './Join.tsx';
import { Keypad } from './Keypad.tsx';
import { Title } from './Title.tsx';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly lock: SettingsLock;
  onOpen(): void;
}

/** Asks for the PIN before the settings. Its digits are not shown. */
export function PinEntry({ gate, lock, onOpen }: Props) {
  const [pin, write] = useState('');
  const [answer, tell] = useState<PinAnswer | null>(null);
  const [busy, wait] = useState(false);
  const change = (next: string): void => {
    tell(null);
    write(next.replace(/\D/g, '').slice(0, 8));
  };
  const enter = async (): Promise<void> => {
    wait(true);
    const said = await lock.try(pin).finally(() => wait(false));
    write('');
    tell(said);
    if (said.state === 'right') onOpen();
  };
  return (
    <main class="form typed pin">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <div class="entry">
          <Title>{word(gate, 'pin.enter')}</Title>
          <label class="field">
            <span class="off-screen">{word(gate, 'pin.headline')}</span>
            <input
              class="num"
              name="pin"
              type="password"
              inputMode="none"
              autoComplete="off"
              value={pin}
              onInput={(event) => change(event.currentTarget.value)}
            />
          </label>
          <p class={answer ? 'help wrong' : 'help'} role="status">
            {answer?.state === 'wrong' && word(gate, 'pin.wrong', { left: answer.left })}
            {answer?.state === 'wait' && word(gate, 'pin.wait', { seconds: answer.seconds })}
          </p>
        </div>
        <Keypad
          gate={gate}
          dash={false}
          onKey={(key) => change(pin + key)}
          onDelete={() => change(pin.slice(0, -1))}
        />
        <div class="acts">
          <button type="submit" class="btn first" disabled={busy || pin.length < 4}>
            {word(gate, 'pin.open')}
          </button>
          <Back gate={gate} to="more" />
        </div>
      </form>
    </main>
  );
}
