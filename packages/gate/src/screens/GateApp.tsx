import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { Gate, View } from '../model.ts';
import { Announce } from './Announce.tsx';
import { Eye } from './Eye.tsx';
import { Join } from './Join.tsx';
import { LetIn } from './LetIn.tsx';
import { More } from './More.tsx';
import { Party } from './Party.tsx';
import { createPulse, type Pulse } from './pulse.ts';
import { Scan } from './Scan.tsx';
import { Settings } from './Settings.tsx';
import { Start } from './Start.tsx';
import { Statements } from './Statements.tsx';
import { TopStrip } from './TopStrip.tsx';
import { Typed } from './Typed.tsx';
import type { Update } from './UpdateOffer.tsx';
import { Verdict } from './Verdict.tsx';
import { listenToWedge } from './wedge.ts';
import './style/gate.css';
import './style/scan.css';
import './style/verdict.css';
import './style/eye.css';
import './style/pages.css';
import './style/join.css';
import './style/statement.css';

interface Props {
  readonly gate: Gate;
  readonly calm?: boolean;
  /** Nothing walks: for pictures. */
  readonly still?: boolean;
  readonly update?: Update | null;
}

/** The whole screen: the strip, one view, the foot, and the voice for screen readers. */
export function GateApp({ gate, calm = false, still = false, update = null }: Props) {
  const pulse = useMemo(() => createPulse(gate.nowMs, calm, still), [gate, calm, still]);
  useEffect(() => () => pulse.stop(), [pulse]);
  // Before the first paint: a scanner that types in that moment would else be heard by nobody.
  useLayoutEffect(() => listenToWedge((text) => void gate.scanText(text)), [gate]);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      const { name } = gate.view.value;
      if (event.key === 'Escape' && name !== 'start' && name !== 'scan')
        gate.show(name === 'join' ? 'start' : 'scan');
    };
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, [gate]);
  const view = usePaced(gate.view.value);
  return (
    <div class={`gate ${gate.mode.value}`} data-view={view.name}>
      <TopStrip gate={gate} />
      <Screen gate={gate} view={view} pulse={pulse} calm={calm} update={update} />
      <Announce gate={gate} />
    </div>
  );
}

interface ScreenProps {
  readonly gate: Gate;
  readonly view: View;
  readonly pulse: Pulse;
  readonly calm: boolean;
  readonly update: Update | null;
}

function Screen({ gate, view, pulse, calm, update }: ScreenProps) {
  switch (view.name) {
    case 'start':
      return <Start gate={gate} />;
    case 'scan':
      return <Scan gate={gate} pulse={pulse} calm={calm} />;
    case 'verdict':
      return <Verdict key={view.at} gate={gate} view={view} />;
    case 'eye':
      return <Eye gate={gate} pulse={pulse} calm={calm} />;
    case 'typed':
      return <Typed gate={gate} />;
    case 'party':
      return <Party gate={gate} />;
    case 'more':
      return <More gate={gate} update={update} />;
    case 'settings':
      return gate.lock ? <Settings gate={gate} lock={gate.lock} /> : null;
    case 'statements':
      return gate.statements ? <Statements gate={gate} statements={gate.statements} /> : null;
    case 'join':
      return gate.joining ? <Join gate={gate} joining={gate.joining} pulse={pulse} calm={calm} /> : null;
    case 'let-in':
      return gate.joining ? <LetIn gate={gate} joining={gate.joining} pulse={pulse} calm={calm} /> : null;
  }
}

const BETWEEN_MS = 120;

/** Between two verdicts of a queue the scanning screen shows for a moment: two guests are never one green. */
function usePaced(view: View): View {
  const [shown, show] = useState(view);
  const hurry = view.name === 'verdict' && shown.name === 'verdict' && view.at !== shown.at;
  useEffect(() => {
    if (!hurry) {
      show(view);
      return;
    }
    const timer = setTimeout(() => show(view), BETWEEN_MS);
    return () => clearTimeout(timer);
  }, [view, hurry]);
  if (hurry) return { name: 'scan' };
  return view;
}
