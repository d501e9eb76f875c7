import type { MinuteShape } from '@munjigi/core/rules';

const PATHS: Readonly<Record<MinuteShape, string>> = {
  triangle: 'M50 12 92 86H8Z',
  star: 'M50 6 61.2 38.6 95.7 39.1 68.1 59.9 78.2 92.8 50 73 21.8 92.8 31.9 59.9 4.3 39.1 38.8 38.6Z',
  house: 'M50 8 94 46H82V90H18V46H6Z',
  moon: 'M66 8A44 44 0 1 0 92 66 36 36 0 0 1 66 8Z',
  heart: 'M50 90C18 66 6 50 6 33A22 22 0 0 1 50 24 22 22 0 0 1 94 33C94 50 82 66 50 90Z',
  cross: 'M36 6H64V36H94V64H64V94H36V64H6V36H36Z',
};

/** The shape of the minute, as large as the word beside it. It is for eyes alone: the word says as much. */
export function Shape({ name }: { readonly name: MinuteShape }) {
  return (
    <svg class="shape" viewBox="0 0 100 100" aria-hidden="true" data-shape={name}>
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
