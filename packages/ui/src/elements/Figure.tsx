/** The three verdict figures: same area; ● and ◆ are solid, ? is the four corners of a viewfinder, hollow. */
export type FigureName = 'admit' | 'another' | 'cannot';

interface Props {
  readonly name: FigureName;
  /** Side in pixels; without it the stylesheet decides. */
  readonly size?: number;
  readonly class?: string;
}

export function Figure({ name, size, class: className }: Props) {
  return (
    <svg
      class={`fig ${name}${className ? ` ${className}` : ''}`}
      viewBox="0 0 100 100"
      aria-hidden="true"
      {...(size === undefined ? {} : { width: size, height: size })}
    >
      {name === 'admit' && <circle cx="50" cy="50" r="42" />}
      {name === 'another' && (
        <path
          d="M50 3.5 96.5 50 50 96.5 3.5 50Z"
          stroke="currentColor"
          stroke-width="5"
          stroke-linejoin="round"
        />
      )}
      {name === 'cannot' && (
        <>
          <path
            d="M11 33V21a10 10 0 0 1 10-10h12M67 11h12a10 10 0 0 1 10 10v12M89 67v12a10 10 0 0 1-10 10H67M33 89H21a10 10 0 0 1-10-10V67"
            fill="none"
            stroke="currentColor"
            stroke-width="7"
          />
          <path
            d="M37.5 41c0-8 5.5-13 12.5-13s12.5 5 12.5 12c0 9-12.5 10-12.5 19"
            fill="none"
            stroke="currentColor"
            stroke-width="8"
            stroke-linecap="round"
          />
          <circle cx="50" cy="72" r="5" />
        </>
      )}
    </svg>
  );
}
