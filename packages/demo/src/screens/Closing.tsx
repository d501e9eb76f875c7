import { Button } from '@munjigi/ui/elements';
import { useEffect, useState } from 'preact/hooks';
import type { Demo } from '../demo.ts';
import { type DemoText, say } from '../texts.ts';

/** After the repair: what the door refused, lost and doubled, counted from its own chain and the register's rows. */
export function Closing({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  // Read, so that the card follows them.
  void demo.rows.value;
  void demo.waiting.value;
  const tally = demo.tally();
  const median = demo.speed.at(0.5);
  const p99 = demo.speed.at(0.99);
  const figure = (name: DemoText, value: number, id: string) => (
    <div>
      <dt>{say(language, name)}</dt>
      <dd class="num" data-demo={id}>
        {value}
      </dd>
    </div>
  );
  return (
    <article class="closing" data-demo="closing">
      <p>{demo.story.value?.closing[language]}</p>
      <h1>{say(language, 'closing.title')}</h1>
      <dl>
        {figure('closing.refused', tally.refused, 'refused')}
        {figure('closing.lost', tally.lost, 'lost')}
        {figure('closing.doubled', tally.doubled, 'doubled')}
      </dl>
      <p class="num" data-demo="of">
        {say(language, 'closing.of', { all: tally.all, confirmed: tally.confirmed })}
      </p>
      {median !== null && p99 !== null && (
        <p class="quiet num">{say(language, 'closing.measured', { median, p99 })}</p>
      )}
      <Statement demo={demo} />
    </article>
  );
}

/** The owner's proof of the hours without a server, and how an inspector reads it. */
function Statement({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  if (demo.episodes.value.length === 0) return null;
  return (
    <div class="proof">
      <Button data-demo="statement" onClick={() => demo.openStatements()}>
        {say(language, 'statement.open')}
      </Button>
      <Button
        data-demo="statement-read"
        disabled={demo.holding.value}
        onClick={() => void demo.readStatement()}
      >
        {say(language, 'statement.read')}
      </Button>
      <p class="quiet">{say(language, 'statement.stands-in')}</p>
    </div>
  );
}
