import { S } from '@munjigi/ui/elements';
import { readLog } from '../../engine/log-calls.ts';
import { Await, Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';
import { LogLines } from './LogLines.tsx';

const SHOWN = 40;

/** The public log: the newest lines, each verified in this page. */
export function Log() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('log', () => readLog(app, SHOWN));
  return (
    <Page title={say('console.place.log')}>
      <p class="lead">
        <S text={say('console.log.text')} />
      </p>
      <Await asked={asked}>
        {(page) => (
          <>
            <p class="quiet">{say('console.log.size', { size: page.size })}</p>
            <LogLines lines={page.lines} />
          </>
        )}
      </Await>
    </Page>
  );
}
