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
Object.assign(globalThis, { munjigiTest: { gate, said } });
export type TestPage = { gate: typeof gate; said: string[] };
