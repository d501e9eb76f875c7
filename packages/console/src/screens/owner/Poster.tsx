import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { changePoster, posterPage, readPoster } from '../../engine/posters.ts';
import { Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

/** The venue's poster, which visitors scan themselves: printed by whoever works there, made and replaced by its owner. */
export function Poster({ venueId, mine }: { readonly venueId: number; readonly mine: boolean }) {
  const app = useConsole();
  const { say, dates } = useWords();
  const asked = useAsked(`poster/${venueId}`, () => readPoster(app, venueId));
  const work = useWork();
  const [sure, ask] = useState<'next' | 'none' | null>(null);
  if (!asked.value) return null;
  const { poster } = asked.value;
  const change = (wanted: boolean) =>
    void work.run(async () => {
      await changePoster(app, venueId, wanted);
      ask(null);
      asked.again();
    });
  return (
    <section data-poster={poster ? poster.posterNo : 'none'}>
      <h2>{say('console.poster.headline')}</h2>
      <p class="small quiet">
        <S
          text={
            poster
              ? say('console.poster.since', { number: poster.posterNo, day: dates.day(poster.madeMs) })
              : say('console.poster.none')
          }
        />
      </p>
      {poster && (
        <p>
          <a class="btn" href={posterPage(app, venueId)} target="_blank" rel="noreferrer">
            {say('console.poster.print')}
          </a>
        </p>
      )}
      {mine && !poster && (
        <Button disabled={work.busy} onClick={() => change(true)}>
          {say('console.poster.make')}
        </Button>
      )}
      {mine && poster && (
        <>
          {sure && (
            <p class="small" role="status">
              <S text={say(`console.poster.sure-${sure}`)} />
            </p>
          )}
          <div class="row">
            {sure !== 'none' && (
              <Button
                kind="plain"
                disabled={work.busy}
                onClick={() => (sure === 'next' ? change(true) : ask('next'))}
              >
                {say(sure === 'next' ? 'console.poster.next-sure' : 'console.poster.next')}
              </Button>
            )}
            {sure !== 'next' && (
              <Button
                kind="plain"
                disabled={work.busy}
                onClick={() => (sure === 'none' ? change(false) : ask('none'))}
              >
                {say(sure === 'none' ? 'console.poster.give-up-sure' : 'console.poster.give-up')}
              </Button>
            )}
            {sure && (
              <Button kind="plain" onClick={() => ask(null)}>
                {say('button.cancel')}
              </Button>
            )}
          </div>
        </>
      )}
      <Problem error={work.failed} />
    </section>
  );
}
