import { Brand, LanguageSwitch } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { Enrol } from './Enrol.tsx';
import { Foot } from './Foot.tsx';
import { GateNewsLines } from './GateNewsLines.tsx';
import { Say } from './Say.tsx';
import { word } from './words.ts';

/** The first of two taps: one button that wakes camera, sound and screen, and what this device can promise. */
export function Start({ gate }: { readonly gate: Gate }) {
  const [starting, start] = useState(false);
  const venue = gate.venue.value;
  const fitness = gate.fitness.value;
  const begin = async (): Promise<void> => {
    start(true);
    try {
      await gate.startShift();
    } finally {
      start(false);
    }
  };
  return (
    <>
      <main class="start">
        <div class="top">
          <Brand language={gate.language.value} />
          <LanguageSwitch language={gate.language} />
        </div>
        {venue ? (
          <div class="middle">
            <h1>{venue.name}</h1>
            <p class="quiet gate-name">{venue.gateName}</p>
            <GateNewsLines gate={gate} />
            <button type="button" class="btn first go" disabled={starting} onClick={() => void begin()}>
              {word(gate, starting ? 'shift.starting' : 'shift.start')}
            </button>
            <p class="quiet">
              <Say text={word(gate, 'shift.open')} />
            </p>
          </div>
        ) : (
          <Enrol gate={gate} />
        )}
        <section class="fitness" data-fitness={fitness} role={fitness === 'unfit' ? 'alert' : 'status'}>
          {fitness === 'install-me' || fitness === 'unfit' ? (
            <>
              <h2>{word(gate, `fitness.${fitness}`)}</h2>
              <p>
                <Say text={word(gate, `fitness.${fitness}-text`)} />
              </p>
            </>
          ) : (
            <p class="quiet">
              <Say text={word(gate, `fitness.${fitness}`)} />
            </p>
          )}
        </section>
      </main>
      <Foot gate={gate} left={<span class="quiet">{word(gate, 'more.keep')}</span>} />
    </>
  );
}
