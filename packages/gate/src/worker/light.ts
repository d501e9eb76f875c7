/** True where a picture (RGBA) is too dark to hold a readable code: hardly a pixel of it is lighter than a quarter. */
export function darkness(rgba: Uint8ClampedArray): boolean {
  let light = 0;
  let seen = 0;
  for (let i = 0; i < rgba.length; i += 4 * 37) {
    seen += 1;
    if ((rgba[i] ?? 0) + (rgba[i + 1] ?? 0) + (rgba[i + 2] ?? 0) > 3 * 64) light += 1;
  }
  return seen > 0 && light / seen < 0.02;
}
