import { Icon } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import type { Gate, StripKind } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

const LOOK: Readonly<Record<StripKind, string>> = {
  usual: '',
  incident: 'incident',
  exercise: 'exercise',
  ageing: '',
  back: 'incident',
  'not-saved': 'fault',
  stopped: 'fault',
  viewer: 'incident',
};

/** What counts right now: always on top, never over a verdict. A dashed edge is provisional. */
export function TopStrip({ gate }: { readonly gate: Gate }) {
  const { kind, status, headline, text } = gate.strip.value;
  const drill = gate.exercise.value;
  const kiosk = gate.mode.value === 'kiosk';
  const classes = ['strip', LOOK[kind], status === 'provisional' ? 'provisional' : ''].filter(Boolean);
  if (drill) classes.push('drill');
  return (
    <header class={classes.join(' ')} data-strip={kind}>
      {kind === 'incident' && <Icon name="arrow-down-to-line" />}
      {kind === 'back' && <Icon name="check" />}
      {drill && <span class="tag drill">{t(gate.language.value, 'status.exercise')}</span>}
      <p role="status">
        <b>
          <Say text={headline} />
        </b>
        {text !== '' && <Say text={text} first={kiosk} />}
      </p>
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
