import type { Gate } from '../model.ts';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  /** Offers a dash, for a sheet and its line. */
  readonly dash: boolean;
  onKey(key: string): void;
  onDelete(): void;
}

/** Digits big enough for a hurried thumb: the device's own keyboard would cover half the screen. */
export function Keypad({ gate, dash, onKey, onDelete }: Props) {
  const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', dash ? '-' : '', '0'];
  return (
    <fieldset class="keypad">
      <legend class="off-screen">{word(gate, 'keypad.label')}</legend>
      {keys.map((key, i) =>
        key === '' ? (
          <span key={i} />
        ) : (
          <button type="button" key={i} class="btn num" data-key={key} onClick={() => onKey(key)}>
            {key}
          </button>
        ),
      )}
      <button
        type="button"
        class="btn"
        data-key="delete"
        aria-label={word(gate, 'keypad.delete')}
        onClick={onDelete}
      >
        <svg class="i large" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M9 5h11v14H9l-6-7z M12 9.500l5 5 M17 9.500l-5 5" />
        </svg>
      </button>
    </fieldset>
  );
}
