import type { Gate } from '../model.ts';

interface Stage {
  camera(): MediaStream;
}

/** True where the gate was opened as `/gate/?stage`, within the page that shows the demonstration. */
export const isOnStage = (query = new URLSearchParams(location.search)): boolean => query.has('stage');

/** The stage's picture in place of a camera's; null elsewhere. The stage is another window of the same origin. */
export function stageCamera(): (() => MediaStream) | null {
  if (!isOnStage() || window.parent === window) return null;
  return () => {
    const stage = (window.parent as Window & { readonly munjigiStage?: Stage }).munjigiStage;
    if (!stage) throw new DOMException('There is no stage around this gate.', 'NotFoundError');
    return stage.camera();
  };
}

/** On a stage the page around may look at the model: what it shows is what the gate shows. */
export function exposeOnStage(gate: Gate): void {
  if (isOnStage()) Object.defineProperty(window, 'munjigiGate', { value: gate, configurable: true });
}
