import type { NextStep } from '@munjigi/core/gate';
import type { IconName } from '@munjigi/ui/elements';
import type { Gate } from '../model.ts';
import { type GateKey, word } from './words.ts';

/** One way on from a verdict, as a button. */
export interface Action {
  readonly step: NextStep | 'called';
  readonly label: string;
  readonly icon: IconName | null;
  /** Ends the conversation: stands behind a rule, never first, never largest. */
  readonly ends: boolean;
  run(): Promise<void> | void;
}

const ENDS: readonly NextStep[] = ['advised', 'none'];
const ICONS: Partial<Record<NextStep | 'called', IconName>> = {
  eye: 'eye',
  typed: 'keyboard',
  reopen: 'qr-code',
};

/**
 * The buttons of a verdict, in the order in which they help. On a stand the guest reads along, so the buttons that
 * would tell a reason are left to the staff's own mode.
 */
export function actionsOf(gate: Gate, next: readonly NextStep[], admitted: boolean): readonly Action[] {
  const kiosk = gate.mode.value === 'kiosk';
  const run: Readonly<Record<Action['step'], () => Promise<void> | void>> = {
    'other-proof': () => gate.answer('other-proof'),
    eye: () => gate.show('eye'),
    alone: () => {
      gate.setParty('alone');
      return gate.admitByStaff('not-required');
    },
    advised: () => gate.answer('advised'),
    none: () => gate.answer('none'),
    'same-guest': () => gate.answer('same-guest'),
    'hint-matches': () => gate.answer('hint-matches'),
    reopen: () => gate.show('scan'),
    verbal: () => gate.admitByStaff('verbal'),
    typed: () => gate.show('typed'),
    called: () => gate.recordCalled?.(),
  };
  const steps = next.flatMap((step) =>
    step === 'typed' && canCall(gate) ? ([step, 'called'] as const) : [step],
  );
  const actions = steps.map((step): Action => {
    const key: GateKey = step === 'typed' && admitted ? 'action.record' : `action.${step}`;
    return {
      step,
      label: word(gate, key),
      icon: ICONS[step] ?? null,
      ends: (ENDS as readonly string[]).includes(step),
      run: run[step],
    };
  });
  const open = actions.filter((action) => !action.ends);
  // A screen that stays until staff act never stays without a way on.
  if (!admitted && actions.length === 0) open.push(backToScan(gate));
  return kiosk ? open : [...open, ...actions.filter((action) => action.ends)];
}

/** True where a guest without a code may be recorded by a call. */
export const canCall = (gate: Gate): boolean => (gate.callNumber?.value ?? null) !== null;

const backToScan = (gate: Gate): Action => ({
  step: 'reopen',
  label: word(gate, 'back'),
  icon: null,
  ends: false,
  run: () => gate.show('scan'),
});
