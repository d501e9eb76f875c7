import type { Decision, DoorVerdict } from '@munjigi/core/gate';
import { Figure, type FigureName, Icon } from '@munjigi/ui/elements';
import type { Gate, View } from '../model.ts';
import { actionsOf, canCall } from './actions.ts';
import { Foot } from './Foot.tsx';
import { Say } from './Say.tsx';
import { inOtherLanguage, packText, word } from './words.ts';

type VerdictView = Extract<View, { name: 'verdict' }>;

export const FIGURES: Readonly<Record<DoorVerdict, FigureName>> = {
  admit: 'admit',
  'another-proof': 'another',
  'cannot-tell': 'cannot',
};

/** Headlines longer than this are set smaller, so that they stand in one line on a tablet. */
const LONG = 9;

/** One answer, filling the screen: by shape, ground and words. It says what a code is worth, never what a person is. */
export function Verdict({ gate, view }: { readonly gate: Gate; readonly view: VerdictView }) {
  const { decision, record } = view;
  const figure = FIGURES[decision.verdict];
  const kiosk = gate.mode.value === 'kiosk';
  const admitted = figure === 'admit';
  const reason = `reason.${decision.reason}`;
  const headline = packText(gate, `${reason}.headline`, decision.parameters);
  const second = admitted || kiosk ? inOtherLanguage(gate, `${reason}.headline`, decision.parameters) : '';
  const actions = actionsOf(gate, decision.next, admitted);
  return (
    <>
      <main class="verdict" data-v={figure} data-reason={decision.reason} data-hint={decision.compareHint}>
        <div class="face">
          <Figure name={figure} />
          <div class="words">
            <h1 class={headline.length > LONG ? 'm' : ''}>
              <Say text={headline} />
            </h1>
            {second !== '' && second !== headline && (
              <p class="en" lang={gate.language.value === 'ko' ? 'en' : 'ko'}>
                {second}
              </p>
            )}
            {kiosk ? (
              !admitted && <p class="do">{word(gate, 'staff-will-help')}</p>
            ) : (
              <Instruction gate={gate} view={view} />
            )}
          </div>
        </div>
        {actions.length > 0 && (
          <div class="acts">
            {actions.map((action, i) => [
              action.ends && !actions[i - 1]?.ends && <i class="gap" />,
              <button
                type="button"
                key={action.step}
                class={`btn${i === 0 ? ' first' : ''}${action.ends ? ' ends' : ''}`}
                data-step={action.step}
                onClick={() => void action.run()}
              >
                {i === 0 && action.icon && <Icon name={action.icon} />}
                {action.label}
              </button>,
            ])}
          </div>
        )}
      </main>
      <Foot
        gate={gate}
        record={record}
        nothingToRecord={admitted && !decision.record}
        number={decision.number}
      />
    </>
  );
}

/** What staff read: the instruction, the hint to compare, a second fact such as the days of grace, what they may say. */
function Instruction({ gate, view }: { readonly gate: Gate; readonly view: VerdictView }) {
  const { reason, parameters, also, alsoParameters } = view.decision;
  const hint = hintInWords(gate, view.decision);
  const instruction = packText(gate, `reason.${reason}.instruction`, parameters);
  const second =
    also === null
      ? packText(gate, `reason.${reason}.also`, parameters)
      : packText(gate, `reason.${also}.instruction`, alsoParameters);
  const staffSays = packText(gate, `reason.${reason}.staffSays`, parameters);
  const ask = view.decision.next.includes('typed') && canCall(gate) ? packText(gate, 'record.call.ask') : '';
  return (
    <>
      {hint && <p class="hint num">{hint}</p>}
      {instruction !== '' && (
        <p class="do">
          <Say text={instruction} />
        </p>
      )}
      {second !== '' && (
        <p class="also">
          <Say text={second} />
        </p>
      )}
      {ask !== '' && (
        <p class="also num">
          <Say text={ask} />
        </p>
      )}
      {staffSays !== '' && (
        <p class="say">
          <Icon name="message-square" />
          <span>“{staffSays}”</span>
        </p>
      )}
    </>
  );
}

/** `ㄱ · 12일`: the family initial and the day of birth, to be compared with a card; null where the code has neither. */
function hintInWords(gate: Gate, { parameters, compareHint }: Decision): string | null {
  const { letter, day } = parameters;
  if (!compareHint || day === undefined || day === '') return null;
  return [letter, word(gate, 'hint.day', { day })].filter(Boolean).join(' · ');
}
