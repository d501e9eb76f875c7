import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  readonly kind: 'phone' | 'tablet';
  readonly title: string;
  readonly src: string;
  readonly reload: string;
  readonly attach: (frame: HTMLIFrameElement) => (() => void) | undefined;
}

const SIZES = { phone: { width: 390, height: 848 }, tablet: { width: 1024, height: 768 } };

/** A real device's page in a frame of its own, drawn at the size of the device and scaled to the column. */
export function Device({ kind, title, src, reload, attach }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const [scale, setScale] = useState(0);
  const { width, height } = SIZES[kind];

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setScale(element.clientWidth / width);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useEffect(() => (frame.current ? attach(frame.current) : undefined), [src, reload]);

  return (
    <div class={`device ${kind}`}>
      <div class="glass" ref={box} style={{ height: `${height * scale}px` }}>
        {src !== '' && (
          <iframe
            key={`${src} ${reload}`}
            ref={frame}
            title={title}
            src={src}
            allow="camera; autoplay; screen-wake-lock;"
            style={{ width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` }}
          />
        )}
      </div>
    </div>
  );
}
