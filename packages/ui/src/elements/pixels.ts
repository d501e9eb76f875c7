/** The pixels of a picture, made smaller where its longer side has more than `longest`, drawn on a canvas that nobody sees. */
export function pixelsOf(
  source: CanvasImageSource,
  { width, height }: { readonly width: number; readonly height: number },
  longest: number,
  canvas: HTMLCanvasElement,
): ImageData {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const ink = canvas.getContext('2d', { willReadFrequently: true })!;
  ink.drawImage(source, 0, 0, canvas.width, canvas.height);
  return ink.getImageData(0, 0, canvas.width, canvas.height);
}
