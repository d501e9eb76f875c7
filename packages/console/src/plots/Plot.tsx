import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Bar, HIDDEN_HEIGHT, marks, most } from './scale.ts';

const LEFT = 34;
const FOOT = 26;
/** Room that the words at the end of what is known want. */
const UP_TO_WIDTH = 160;

/** A stretch of the plot that is tinted, with the word over its beginning. */
export interface Stretch {
  readonly from: number;
  readonly until: number | null;
  readonly word: string;
}

interface Props {
  readonly title: string;
  /** The whole plot in one sentence, for those who do not see it. */
  readonly summary: string;
  readonly bars: readonly Bar[];
  /** The stretch of places that is shown, `from` inclusive, `until` exclusive. */
  readonly range: readonly [number, number];
  /** Words under the axis: at a place, in words. */
  readonly labels: readonly { readonly at: number; readonly word: string }[];
  /** Up to here the register knows; behind it the axis is dashed and nothing is drawn. */
  readonly upTo: number;
  readonly upToWord?: string;
  readonly outages?: readonly Stretch[];
  readonly hiddenWord: string;
  readonly height?: number;
  readonly legend?: ComponentChildren;
  /** Head and rows of the same numbers as a table. */
  readonly table: {
    readonly word: string;
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
  };
}

/**
 * Bars in one colour: solid is confirmed at once, hatched was kept on the device first, hollow and dashed is a number
 * too small to be told, a tint is an outage. What is not known is not drawn. The same numbers stand below as a table.
 */
export function Plot(props: Props) {
  const { title, summary, bars, range, upTo, outages = [], height = 280, table } = props;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  const name = useId();
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => element.clientWidth > 0 && setWidth(element.clientWidth);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const [from, until] = range;
  const top = outages.length > 0 || props.upToWord ? 30 : 12;
  const base = height - FOOT;
  const values = marks(most(bars));
  const high = values.at(-1) ?? 1;
  const x = (at: number) => LEFT + ((at - from) / (until - from)) * (width - LEFT);
  const y = (value: number) => base - (value / high) * (base - top);
  const step = x(from + 1) - x(from);
  const known = Math.min(Math.max(upTo, from), until);
  // The words at the end of what is known go below those of an outage where both would stand at one place.
  const isCrowded = outages.some((one) => Math.abs(x(known) - x(one.from)) < 2 * UP_TO_WIDTH);

  return (
    <figure class="plot">
      <figcaption>
        <h2>{title}</h2>
        {props.legend && <span class="legend">{props.legend}</span>}
      </figcaption>
      <div ref={box}>
        <svg viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={summary}>
          <defs>
            <pattern
              id={`${name}h`}
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <path d="M0 0V5" stroke="var(--accent)" stroke-width="3" />
            </pattern>
          </defs>
          {outages.map((one) => (
            <rect
              key={`tint${one.from}`}
              x={x(Math.max(one.from, from))}
              y={top - 8}
              width={Math.max(0, x(Math.min(one.until ?? known, until)) - x(Math.max(one.from, from)))}
              height={base - top + 8}
              fill="var(--accent-tint)"
            />
          ))}
          {values.map((value) => (
            <g key={value}>
              <path class="grid" d={`M${LEFT} ${y(value)}H${width}`} />
              <text x={LEFT - 8} y={y(value) + 4} text-anchor="end">
                {value}
              </text>
            </g>
          ))}
          {bars.map((bar) =>
            drawn(bar, { x: x(bar.at), step, y, base, hatch: `url(#${name}h)`, hidden: props.hiddenWord }),
          )}
          {outages.map((one) => (
            <g key={`word${one.from}`}>
              <path class="pin" d={`M${x(one.from)} 4V${top - 6}`} />
              <text class="event" x={x(one.from) + 7} y="15">
                {one.word}
              </text>
            </g>
          ))}
          <path class="axis" d={`M${LEFT} ${base}H${x(known)}`} />
          {known < until && <path class="axis unknown" d={`M${x(known)} ${base}H${width}`} />}
          {props.upToWord && known < until && known > from && (
            <g>
              <path class="pin now" d={`M${x(known)} ${top - 6}V${base}`} />
              <text
                class="event"
                x={x(known)}
                y={isCrowded ? top + 8 : 15}
                dx={width - x(known) > UP_TO_WIDTH ? 7 : -7}
                text-anchor={width - x(known) > UP_TO_WIDTH ? 'start' : 'end'}
              >
                {props.upToWord}
              </text>
            </g>
          )}
          {props.labels.map(({ at, word }) => (
            <text key={at} x={x(at)} y={base + 19} text-anchor={at === from ? 'start' : 'middle'}>
              {word}
            </text>
          ))}
        </svg>
      </div>
      <details>
        <summary>{table.word}</summary>
        <div class="wide">
          <table>
            <thead>
              <tr>
                {table.head.map((word) => (
                  <th key={word} scope="col">
                    {word}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map(([first, ...rest]) => (
                <tr key={first}>
                  <th scope="row">{first}</th>
                  {rest.map((cell, i) => (
                    <td key={table.head[i + 1]} class="num">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

interface Pen {
  readonly x: number;
  readonly step: number;
  readonly y: (value: number) => number;
  readonly base: number;
  readonly hatch: string;
  readonly hidden: string;
}

function drawn({ at, told, hidden, late }: Bar, { x, step, y, base, hatch, hidden: word }: Pen) {
  const sum = told ?? 0;
  if (sum === 0 && !hidden) return null;
  const gap = Math.min(6, step * 0.16);
  const width = Math.max(2, step - gap);
  const left = x + gap / 2;
  const waited = Math.min(late, sum);
  const high = y(sum - waited) - y(sum);
  return (
    <g key={at}>
      {sum > waited && (
        <rect
          x={left}
          y={y(sum - waited)}
          width={width}
          height={base - y(sum - waited)}
          fill="var(--accent)"
        />
      )}
      {waited > 0 && (
        <>
          <rect x={left + 0.75} y={y(sum)} width={width - 1.5} height={high} fill="var(--ground)" />
          <rect
            class="waited"
            x={left + 0.75}
            y={y(sum) + 0.75}
            width={width - 1.5}
            height={Math.max(1, high - 0.75)}
            fill={hatch}
          />
        </>
      )}
      {hidden && (
        <rect
          class="few"
          x={left + 0.75}
          y={y(sum + HIDDEN_HEIGHT)}
          width={width - 1.5}
          height={y(sum) - y(sum + HIDDEN_HEIGHT)}
        >
          <title>{word}</title>
        </rect>
      )}
    </g>
  );
}
