import { outline, QUIET, qr } from './qr.ts';

/** A code that does not move, as SVG: prints at any size. */
export function QrSvg({ text, label }: { readonly text: string; readonly label: string }) {
  const code = qr(text);
  const side = code.size + QUIET * 2;
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${side} ${side}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={outline(code)} fill="#000" />
    </svg>
  );
}
