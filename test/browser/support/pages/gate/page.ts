import { createGate } from '@munjigi/gate/engine';
import { signal } from '@preact/signals';

/** The engine without its screens; what it says aloud is kept in a list. */
const said: string[] = [];
const gate = await createGate({
  language: signal('ko'),
  speak: {
    unlock: async () => true,
    tone: (kind) => said.push(`tone ${kind}`),
    say: (reason) => said.push(`say ${reason}`),
    test: async () => {},
    hush: () => {},
  },
});
type Verdict = Extract<typeof gate.view.value, { name: 'verdict' }>;
/** The last answer, which a plain ● leaves on the screen for a moment only. */
const last: { verdict: Verdict | null } = { verdict: null };
gate.view.subscribe((view) => {
  if (view.name === 'verdict') last.verdict = view;
});
Object.assign(globalThis, { munjigiTest: { gate, said, last } });
export type TestPage = { gate: typeof gate; said: string[]; last: typeof last };
