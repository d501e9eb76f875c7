import type { Demo } from '../demo.ts';
import { say } from '../texts.ts';

const CIRCLES = 30;

/** The old way, beside the same guests: it asks a server for each scan, and has the only spinner of the house. */
export function Ghost({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const guests = demo.oldWay.guests.value;
  const count = (state: string) => guests.filter((guest) => guest === state).length;
  const waiting = count('waiting') + count('asking');
  const gone = count('gone');
  // The thirty of the outage are the newest; before it there are as many circles as guests.
  const shown = guests.slice(-CIRCLES);
  const stuck = count('waiting') > 0;
  const line = gone
    ? say(language, 'ghost.gone', { n: gone })
    : say(language, stuck ? 'ghost.delayed' : waiting ? 'ghost.asking' : 'ghost.asks');
  return (
    <section class="ghost" aria-label={say(language, 'ghost.title')} data-demo="ghost">
      <div>
        <h3>{say(language, 'ghost.title')}</h3>
        <p class="big">
          {stuck && <span class="spinner" aria-hidden="true" />}
          {line}
        </p>
      </div>
      <dl>
        <div>
          <dt>{say(language, 'ghost.answered')}</dt>
          <dd class="num" data-demo="ghost-answered">
            {count('answered')}
          </dd>
        </div>
        <div>
          <dt>{say(language, 'ghost.waiting')}</dt>
          <dd class="num" data-demo="ghost-waiting">
            {waiting}
          </dd>
        </div>
      </dl>
      <div class="circles" aria-hidden="true">
        {Array.from({ length: CIRCLES }, (_, i) => (
          <i key={i} class={shown[i] ?? 'none'} />
        ))}
      </div>
    </section>
  );
}
