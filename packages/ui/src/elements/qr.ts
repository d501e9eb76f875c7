import { type Bitmap2D, correction, generate } from 'lean-qr';

/** Modules of white that a reader needs round a code. */
export const QUIET = 4;

/**
 * The code of a text at level L, never higher: at one physical size larger modules read better than more redundancy.
 * `minVersion` draws every pass at one size where the size itself would tell something.
 */
export function qr(text: string, minVersion = 1): Bitmap2D {
  return generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L, minVersion });
}

/** How a code of `modules` (quiet zone included) fits a square of `cssPixels` on this screen. */
export interface Fit {
  /** Whole canvas pixels a module. */
  readonly scale: number;
  readonly canvasPixels: number;
  readonly cssPixels: number;
}

/**
 * Whole device pixels a module wherever that costs little of the size. On a coarse screen (under four pixels a module)
 * it would cost a fifth: there the canvas is finer than the screen and the browser scales it down.
 */
export function fit(modules: number, cssPixels: number, pixelRatio: number): Fit {
  const whole = Math.floor((cssPixels * pixelRatio) / modules);
  const scale = whole >= 4 ? whole : 8;
  const canvasPixels = scale * modules;
  return { scale, canvasPixels, cssPixels: whole >= 4 ? canvasPixels / pixelRatio : cssPixels };
}

/** Draws the code, black on white, quiet zone included. */
export function paint(canvas: HTMLCanvasElement, code: Bitmap2D, scale: number): void {
  const side = (code.size + QUIET * 2) * scale;
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const ink = canvas.getContext('2d');
  if (!ink) return;
  ink.fillStyle = '#fff';
  ink.fillRect(0, 0, side, side);
  ink.fillStyle = '#000';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      let run = 1;
      while (code.get(x + run, y)) run++;
      ink.fillRect((x + QUIET) * scale, (y + QUIET) * scale, run * scale, scale);
      x += run;
    }
  }
}

/** The code as the `d` of one SVG path on a grid of modules, quiet zone included. */
export function outline(code: Bitmap2D): string {
  let d = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      let run = 1;
      while (code.get(x + run, y)) run++;
      d += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`;
      x += run;
    }
  }
  return d;
}
