import { Fragment } from 'preact';
import { type Language, t } from '../texts/index.ts';

/** Where an entry stands. Four states, never confused; solid is known, hollow is not yet. */
export type RailState = 'checked' | 'saved' | 'confirmed' | 'not-saved';

const STEPS = ['checked', 'saved', 'confirmed'] as const;

interface Props {
  readonly state: RailState;
  readonly language: Language;
  /** Three dots and the word of the last one reached. */
  readonly short?: boolean;
}

export function Rail({ state, language, short = false }: Props) {
  const word = (step: RailState) => t(language, `rail.${step}`);
  if (state === 'not-saved') {
    return (
      <div class="rail lost" data-record={state}>
        <span class="on">{word(state)}</span>
      </div>
    );
  }
  const reached = STEPS.indexOf(state);
  return (
    <div class={short ? 'rail short' : 'rail'} data-record={state}>
      {STEPS.map((step, i) => (
        <Fragment key={step}>
          {i > 0 && <i />}
          <span class={i <= reached ? 'on' : ''}>{short ? null : word(step)}</span>
        </Fragment>
      ))}
      {short && <b>{word(state)}</b>}
    </div>
  );
}
