import { useEffect } from 'preact/hooks';
import type { Gate, Joining } from '../model.ts';
import { CameraPicture } from './CameraPicture.tsx';
import { Foot } from './Foot.tsx';
import { Back, Code, Digits, Problem } from './Join.tsx';
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

/** The owner's phone: scans a new device, has its digits compared, and shows the code that lets it in. */
export function LetIn({ gate, joining, pulse, calm }: Props) {
  useEffect(() => {
    void gate.openCamera?.();
    return () => joining.forget();
  }, [gate, joining]);
  const by = joining.askedBy.value;
  const answer = joining.answer.value;
  return (
    <>
      <main class="form joining" data-step={answer !== null ? 'shown' : by !== null ? 'compare' : 'scan'}>
        <div class="words">
          <Title>{by?.name ?? word(gate, 'let-in.headline')}</Title>
          <p class="say">
            <Say
              text={word(
                gate,
                answer !== null ? 'let-in.show' : by !== null ? 'let-in.compare' : 'let-in.scan',
              )}
            />
          </p>
          {by !== null && <Digits gate={gate} digits={by.digits} />}
          {by === null && <Problem gate={gate} joining={joining} />}
          {answer !== null && (
            <p class="quiet">
              <Say text={word(gate, 'let-in.then')} />
            </p>
          )}
          <div class="acts">
            {answer !== null ? (
              <button type="button" class="btn first" onClick={() => gate.show('settings')}>
                {word(gate, 'let-in.done')}
              </button>
            ) : by !== null ? (
              <>
                <button type="button" class="btn first" onClick={() => void joining.letIn()}>
                  {word(gate, 'let-in.yes')}
                </button>
                <button type="button" class="btn" onClick={() => joining.forget()}>
                  {word(gate, 'let-in.no')}
                </button>
              </>
            ) : (
              <Back gate={gate} to="settings" />
            )}
          </div>
        </div>
        <div class="picture-side">
          {answer === null ? (
            <CameraPicture gate={gate} pulse={pulse} calm={calm} onOpen={() => void gate.openCamera?.()} />
          ) : (
            <Code text={answer} label={word(gate, 'let-in.show')} />
          )}
        </div>
      </main>
      <Foot gate={gate} left={<span class="quiet">{gate.venue.value?.name}</span>} />
    </>
  );
}
