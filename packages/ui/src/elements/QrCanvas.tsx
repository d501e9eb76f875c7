import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fit, paint, QUIET, qr } from './qr.ts';

interface Props {
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly minVersion?: number;
}

/** A code in `<canvas data-munjigi="code">`, as large as its box, crisp at device pixels, quiet zone of four included. */
export function QrCanvas({ text, label, minVersion = 1 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [side, setSide] = useState(0);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSide(Math.min(element.clientWidth, element.clientHeight || element.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const draw = () => {
    if (!canvas.current || side === 0 || text === '') return;
    const code = qr(text, minVersion);
    const { scale, cssPixels } = fit(code.size + QUIET * 2, side, window.devicePixelRatio || 1);
    paint(canvas.current, code, scale);
    canvas.current.style.width = canvas.current.style.height = `${cssPixels}px`;
    canvas.current.dataset.drawn = text;
  };
  useLayoutEffect(draw, [text, side, minVersion]);
  // a page that was in the background may come back with its canvas emptied
  useEffect(() => {
    document.addEventListener('visibilitychange', draw);
    return () => document.removeEventListener('visibilitychange', draw);
  });

  return (
    <div class="code" ref={box}>
      <canvas data-munjigi="code" role="img" aria-label={label} ref={canvas} width={0} height={0} />
    </div>
  );
}
