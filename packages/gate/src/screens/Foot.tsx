import { Rail } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import type { ComponentChildren } from 'preact';
import type { Gate, RecordState } from '../model.ts';

interface Props {
  readonly gate: Gate;
  readonly record?: RecordState | null;
  /** A day on which only the check counts: the rail ends at its first dot. */
  readonly nothingToRecord?: boolean;
  /** Support number of the reason shown, bottom right. */
  readonly number?: number;
  readonly left?: ComponentChildren;
  readonly right?: ComponentChildren;
}

/** The bottom line: where the entry stands, and a number to read out on the telephone. */
export function Foot({ gate, record = null, nothingToRecord = false, number, left, right }: Props) {
  const language = gate.language.value;
  return (
    <footer class="foot">
      {left}
      {record && (
        <div class={nothingToRecord ? 'rails only' : 'rails'}>
          <Rail state={record} language={language} />
          <Rail state={record} language={language} short />
        </div>
      )}
      <span class="r">
        {number !== undefined && <span class="faint num sup">{t(language, 'support', { number })}</span>}
        {right}
      </span>
    </footer>
  );
}
