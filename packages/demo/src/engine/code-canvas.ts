import { QUIET, qr } from '@munjigi/ui/elements';

/** A code drawn once on a canvas of its own. */
export function once(text: string): () => HTMLCanvasElement {
  const code = qr(text);
  const canvas = document.createElement('canvas');
  const scale = 8;
  canvas.width = canvas.height = (code.size + QUIET * 2) * scale;
  const ink = canvas.getContext('2d');
  if (ink) {
    ink.fillStyle = '#fff';
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.fillStyle = '#000';
    for (let y = 0; y < code.size; y++) {
      for (let x = 0; x < code.size; x++) {
        if (code.get(x, y)) ink.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
      }
    }
  }
  return () => canvas;
}
