import { Icon, Shape } from '@munjigi/ui/elements';
import type { Gate } from '../model.ts';
import { CameraPicture } from './CameraPicture.tsx';
import { Foot } from './Foot.tsx';
import type { Pulse } from './pulse.ts';
import { asMs, clockTime } from './when.ts';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly pulse: Pulse;
  readonly calm: boolean;
}

/** Waiting for the next guest: the camera's picture, the clock and the word that live passes show too, three ways on. */
export function Scan({ gate, pulse, calm }: Props) {
  const party = gate.party?.value ?? 'unknown';
  const lines = word(gate, 'scan.headline').split('\n');
  const sign = gate.sign.value;
  return (
    <>
      <main class="scan">
        <CameraPicture gate={gate} pulse={pulse} calm={calm} />
        <div class="side">
          <div class="head">
            <h1>{lines.map((line, i) => [i > 0 && ' ', i > 0 && <br key={line} />, line])}</h1>
            <div class="proofs">
              <Clock gate={gate} pulse={pulse} />
              {sign && (
                <div class="word">
                  {word(gate, 'scan.word')} <Shape name={sign.shape} />
                  {sign.word}
                </div>
              )}
            </div>
          </div>
          <span class="grow" />
          <div class="row">
            <button type="button" class="btn" onClick={() => gate.show('eye')}>
              <Icon name="eye" />
              {word(gate, 'action.eye')}
            </button>
            <button type="button" class="btn" onClick={() => gate.show('typed')}>
              <Icon name="keyboard" />
              {word(gate, 'action.typed')}
            </button>
            <button type="button" class="btn" data-party={party} onClick={() => gate.show('party')}>
              <Icon name={party === 'alone' ? 'user' : 'users'} />
              {word(gate, 'party.title')}
              {party !== 'unknown' && <span class="chosen">{word(gate, `party.${party}`)}</span>}
            </button>
          </div>
        </div>
      </main>
      <ScanFoot gate={gate} />
    </>
  );
}

/** The corrected clock, second by second: the proof of life that a still picture lacks. */
export function Clock({ gate, pulse }: { readonly gate: Gate; readonly pulse: Pulse }) {
  const second = pulse.second.value;
  return (
    <div class="clock num" data-clock={second ?? 'unknown'}>
      {second === null ? <span class="unknown">{word(gate, 'clock.unknown')}</span> : clockTime(gate, second)}
    </div>
  );
}

function ScanFoot({ gate }: { readonly gate: Gate }) {
  const last = gate.lastEntry.value;
  const venue = gate.venue.value;
  return (
    <Foot
      gate={gate}
      record={last && !last.voided ? last.record : null}
      left={
        <span class="quiet num last">
          {last
            ? last.voided
              ? word(gate, 'more.void-done')
              : word(gate, 'last.entry', { time: clockTime(gate, asMs(last.at)) })
            : word(gate, 'last.none')}
        </span>
      }
      right={
        <button type="button" class="open-more" onClick={() => gate.show('more')}>
          {venue && (
            <span class="faint venue">
              {word(gate, 'venue.at', { venue: venue.name, gate: venue.gateName })}
            </span>
          )}
          <Icon name="settings" />
          <span>{word(gate, 'more.open')}</span>
        </button>
      }
    />
  );
}
