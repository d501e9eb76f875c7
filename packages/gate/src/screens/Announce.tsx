import type { Gate } from '../model.ts';
import { FIGURES } from './Verdict.tsx';
import { packText, word } from './words.ts';

/**
 * The verdict for those who hear the screen: an admit waits its turn, everything that wants an answer interrupts.
 * Both regions stand in the page from the beginning, or a screen reader would miss the first verdict.
 */
export function Announce({ gate }: { readonly gate: Gate }) {
  const view = gate.view.value;
  const decision = view.name === 'verdict' ? view.decision : null;
  const reason = decision ? `reason.${decision.reason}` : '';
  const admitted = decision !== null && FIGURES[decision.verdict] === 'admit';
  const headline = decision ? packText(gate, `${reason}.headline`, decision.parameters) : '';
  const more =
    decision === null || admitted
      ? ''
      : gate.mode.value === 'kiosk'
        ? word(gate, 'staff-will-help')
        : packText(gate, `${reason}.instruction`, decision.parameters);
  return (
    <div class="off-screen">
      <p role="status" aria-live="polite" aria-atomic="true" data-announce="polite">
        {admitted ? headline : ''}
      </p>
      <p role="alert" aria-live="assertive" aria-atomic="true" data-announce="assertive">
        {decision && !admitted ? `${headline}. ${more}` : ''}
      </p>
    </div>
  );
}
