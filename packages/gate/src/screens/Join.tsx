import { QrCanvas } from '@munjigi/ui/elements';
import { useEffect, useState } from 'preact/hooks';
import type { Gate, Joining } from '../model.ts';
import { CameraPicture } from './CameraPicture.tsx';
import { Foot } from './Foot.tsx';
import type { Pulse } from './pulse.ts';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly joining: Joining;
  readonly pulse: Pulse;
  readonly calm: boolean;
}

/** A new device that joins its venue without a network: it shows its key, then scans the answer on the owner's phone. */
export function Join({ gate, joining, pulse, calm }: Props) {
  const [takes, take] = useState(false);
  useEffect(() => () => joining.forget(), [joining]);
  const asked = joining.asked.value;
  return (
    <>
      <main class="form joining">
        <div class="words">
          <Title>{word(gate, 'enrol.join')}</Title>
          {asked === null ? (
            <AskName gate={gate} joining={joining} />
          ) : (
            <>
              <p class="say">
                <Say text={word(gate, takes ? 'join.take-text' : 'join.show')} />
              </p>
              <Digits gate={gate} digits={asked.digits} />
              {takes && <Problem gate={gate} joining={joining} />}
              <div class="acts">
                <button
                  type="button"
                  class="btn first"
                  onClick={() => {
                    take(!takes);
                    if (!takes) void gate.openCamera?.();
                  }}
                >
                  {word(gate, takes ? 'join.again' : 'join.take')}
                </button>
                <Back gate={gate} to="start" />
              </div>
            </>
          )}
        </div>
        {asked !== null && (
          <div class="picture-side">
            {takes ? (
              <CameraPicture gate={gate} pulse={pulse} calm={calm} onOpen={() => void gate.openCamera?.()} />
            ) : (
              <Code text={asked.text} label={word(gate, 'enrol.join')} />
            )}
          </div>
        )}
      </main>
      <Foot
        gate={gate}
        left={
          <span class="quiet">
            {asked !== null && gate.hasRules?.value === false
              ? word(gate, 'join.rules')
              : word(gate, 'more.keep')}
          </span>
        }
      />
    </>
  );
}

function AskName({ gate, joining }: Pick<Props, 'gate' | 'joining'>) {
  const [name, write] = useState(word(gate, 'join.name-usual'));
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        void joining.ask(name);
      }}
    >
      <label>
        <span class="quiet">{word(gate, 'join.name')}</span>
        <input
          name="name"
          maxLength={40}
          autoComplete="off"
          value={name}
          onInput={(event) => write(event.currentTarget.value)}
        />
      </label>
      <p class="quiet">
        <Say text={word(gate, 'join.name-text')} />
      </p>
      {gate.hasRules?.value === false && (
        <p class="rules">
          <Say text={word(gate, 'join.rules')} />
        </p>
      )}
      <div class="acts">
        <button type="submit" class="btn first" disabled={name.trim() === ''}>
          {word(gate, 'join.make')}
        </button>
        <Back gate={gate} to="start" />
      </div>
    </form>
  );
}

/** Digits of the new device's key, the same on both screens. */
export function Digits({ gate, digits }: { readonly gate: Gate; readonly digits: string }) {
  return (
    <p class="digits">
      <span class="quiet">{word(gate, 'join.digits')}</span>
      <b class="num">{digits}</b>
    </p>
  );
}

/** Why the code before the camera is not the one that is waited for. */
export function Problem({ gate, joining }: Pick<Props, 'gate' | 'joining'>) {
  const problem = joining.problem.value;
  return (
    <p class="problem" role="status">
      {problem && <Say text={word(gate, `join.problem.${problem}`)} />}
    </p>
  );
}

/** A code for the other device's camera: on white in every theme, as large as there is room. */
export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="paper-white">
      <QrCanvas text={text} label={label} />
    </div>
  );
}

export function Back({ gate, to }: { readonly gate: Gate; readonly to: 'start' | 'settings' | 'more' }) {
  return (
    <button type="button" class="btn" onClick={() => gate.show(to)}>
      {word(gate, 'back')}
    </button>
  );
}
