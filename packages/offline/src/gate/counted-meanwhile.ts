import type { Counted } from '@munjigi/core/statement';

/** Most notices that one statement tells of. */
const MOST_NOTICES = 8;
/** What stood shorter than this, nobody went by. */
const SHORTEST_SECONDS = 60;

/** What counted, with what counts from now on behind it; the same said anew, or confirmed, is the same. */
export function countsNow(counted: readonly Counted[], now: Counted): readonly Counted[] {
  const last = counted.at(-1);
  if (last && last.notice === now.notice && last.obligation === now.obligation) return counted;
  return [...counted, now].slice(-MOST_NOTICES);
}

/**
 * What a statement of that time tells: each notice that stood for a minute at least, and the one that stands while it goes on; where
 * none did, the one that stood longest. A notice that all is well again comes with the end, and would hide what was said before.
 * @param to seconds; a clock that was put back makes nothing begin before the one before it
 */
export function countedMeanwhile(
  counted: readonly Counted[],
  { from, to, ongoing }: { readonly from: number; readonly to: number; readonly ongoing: boolean },
): readonly Counted[] {
  let at = from;
  const ordered = counted.map((one) => {
    at = Math.min(to, Math.max(at, one.from));
    return { ...one, from: at };
  });
  const stood = ordered.map((one, i) => ({ one, seconds: (ordered[i + 1]?.from ?? to) - one.from }));
  const longest = Math.max(...stood.map(({ seconds }) => seconds));
  return stood
    .filter(
      ({ one, seconds }) =>
        seconds >= Math.min(SHORTEST_SECONDS, longest) || (ongoing && one === ordered.at(-1)),
    )
    .map(({ one }) => one);
}
