import { S } from '@munjigi/ui/elements';
import { DeskError } from '../../engine/desk.ts';
import { readFindings } from '../../engine/operations.ts';
import { Await, Mark, Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** What a look at the desk found, worst first. Where the desk has no such look, the command is named. */
export function Doctor() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('doctor', () => readFindings(app));
  const isMissing = asked.failed instanceof DeskError && asked.failed.status === 404;
  const order = { broken: 0, look: 1, good: 2 } as const;
  return (
    <Page title={say('console.place.doctor')}>
      {isMissing ? (
        <>
          <p class="lead">
            <S text={say('console.doctor.command')} />
          </p>
          <pre class="command">npx munjigi doctor</pre>
        </>
      ) : (
        <Await asked={asked}>
          {(findings) => (
            <ul class="lines">
              {[...findings]
                .sort((a, b) => order[a.state] - order[b.state])
                .map((one) => (
                  <li class="open" key={one.check}>
                    <Mark kind={one.state === 'good' ? 'good' : one.state === 'look' ? 'open' : 'bad'}>
                      {one.says}
                    </Mark>
                    {one.do && <p>{one.do}</p>}
                  </li>
                ))}
            </ul>
          )}
        </Await>
      )}
    </Page>
  );
}
