import { Icon, sentences } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import { useState } from 'preact/hooks';
import type { Gate, StripKind } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

const LOOK: Readonly<Record<StripKind, string>> = {
  usual: '',
  incident: 'incident',
  exercise: 'exercise',
  ageing: '',
  back: 'incident',
  renewed: 'incident',
  'not-saved': 'fault',
  stopped: 'fault',
  revoked: 'fault',
  viewer: 'incident',
};

/** Width of a text in half syllables: Hangul counts two, Latin one. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u1100' ? 2 : 1), 0);
/** Beyond this a strip is set smaller, and on a phone opens with a tap. */
const LONG = 130;

/** The count of waiting entries and the last sentence, made strong. */
function emphasised(text: string, waiting: number): string {
  const all = sentences(text);
  const counted = all.map((one) => one.replace(new RegExp(`\\b${waiting}(?!\\d)[가-힣]*`, 'u'), '**$&**'));
  const last = all.at(-1);
  return all.length > 1 && last ? [...counted.slice(0, -1), `**${last}**`].join(' ') : counted.join(' ');
}

/** What counts right now: always on top, never over a verdict. A dashed edge is provisional. */
export function TopStrip({ gate }: { readonly gate: Gate }) {
  const { kind, status, headline, text } = gate.strip.value;
  const drill = gate.exercise.value;
  const kiosk = gate.mode.value === 'kiosk';
  const [open, show] = useState(false);
  // The device's own word on working without the register: how many it keeps, and what must not be done to them.
  const own = kind === 'incident' && status === null;
  const long = !kiosk && widthOf(text) > LONG;
  const classes = ['strip', LOOK[kind], status === 'provisional' ? 'provisional' : ''].filter(Boolean);
  if (drill) classes.push('drill');
  if (long) classes.push(open ? 'long open' : 'long');
  return (
    <header class={classes.join(' ')} data-strip={kind}>
      {kind === 'incident' && <Icon name="arrow-down-to-line" />}
      {(kind === 'back' || kind === 'renewed') && <Icon name="check" />}
      {drill && <span class="tag drill">{t(gate.language.value, 'status.exercise')}</span>}
      <p role="status">
        <b>
          <Say text={headline} />
        </b>
        {text !== '' && <Say text={own ? emphasised(text, gate.waiting.value) : text} first={kiosk} />}
      </p>
      {long && (
        <button type="button" class="unfold" aria-expanded={open} onClick={() => show(!open)}>
          {word(gate, open ? 'strip.less' : 'strip.more')}
        </button>
      )}
      {kind === 'viewer' ? (
        <button type="button" class="btn first" onClick={() => void gate.takeOver()}>
          {word(gate, 'strip.take-over')}
        </button>
      ) : (
        status && <span class={`tag ${status}`}>{t(gate.language.value, `status.${status}`)}</span>
      )}
    </header>
  );
}
