import type { StageCamera } from './camera.ts';
import { once } from './code-canvas.ts';
import type { StageGate } from './devices.ts';

/**
 * Holds the gate's newest statement to a tablet's camera, as to an inspector's: it reads the picture and asks no server.
 * Resolves when it was read, or not within `patienceMs`.
 */
export async function holdStatement(gate: StageGate, camera: StageCamera, patienceMs: number): Promise<void> {
  const { statements } = gate;
  const [newest] = statements?.episodes.peek() ?? [];
  const text = newest && (await statements?.make(newest.from));
  if (!text || !statements) return;
  gate.show('scan');
  camera.hold({ kind: 'paper', code: once(text), lines: [] });
  const before = statements.read.peek();
  await new Promise<void>((done) => {
    const late = setTimeout(done, patienceMs);
    const stop = statements.read.subscribe((read) => {
      if (read === null || read === before) return;
      clearTimeout(late);
      setTimeout(() => stop(), 0);
      done();
    });
  });
  camera.hold(null);
}
