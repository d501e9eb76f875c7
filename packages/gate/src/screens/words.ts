import { isTextKey, type Language, type TextKey, t } from '@munjigi/ui/texts';
import type { Gate } from '../model.ts';

type Parameters = Readonly<Record<string, string | number>>;
/** Keys of the gate's own section of the catalogue, without their `gate.`. */
export type GateKey = TextKey extends infer K ? (K extends `gate.${infer Rest}` ? Rest : never) : never;

/** A sentence of the gate itself, in the language of the screen. */
export const word = (gate: Gate, key: GateKey, parameters: Parameters = {}): string =>
  t(gate.language.value, `gate.${key}` as TextKey, parameters);

/** A text of the policy pack; `otherwise` where this pack does not have it. */
export function packText(gate: Gate, key: string, parameters: Parameters = {}, otherwise = ''): string {
  try {
    const text = gate.text(key, parameters);
    return text === '' || text === key ? otherwise : text;
  } catch {
    return otherwise;
  }
}

/** The same text in the other language of the screen, for guests who read that one; empty where there is none. */
export function inOtherLanguage(gate: Gate, key: string, parameters: Parameters = {}): string {
  const other: Language = gate.language.value === 'ko' ? 'en' : 'ko';
  try {
    const text = isTextKey(key) ? t(other, key, parameters) : gate.textIn?.(other, key, parameters);
    return text === undefined || text === key ? '' : text;
  } catch {
    return '';
  }
}
