import { Button, S } from '@munjigi/ui/elements';
import { type PersonLine, readOnCall, setOnCall } from '../../engine/people.ts';
import { Await, Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

/** Who is asked for the second signature, one after the other. Whoever is put on the list stands at its end. */
export function OnCall({ officers }: { readonly officers: readonly PersonLine[] }) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const asked = useAsked('on-call', () => readOnCall(app));
  const set = (accounts: readonly string[]) =>
    work.run(async () => {
      await setOnCall(app, accounts);
      asked.again();
    });
  return (
    <section>
      <h2>{say('console.on-call.headline')}</h2>
      <p>
        <S text={say('console.on-call.text')} />
      </p>
      <Await asked={asked}>
        {(list) => {
          const known = list.filter((id) => officers.some(({ accountId }) => accountId === id));
          const nameOf = (id: string) => officers.find(({ accountId }) => accountId === id)?.name ?? '';
          return (
            <>
              <ol class="steps">
                {known.map((id) => (
                  <li key={id}>
                    {nameOf(id)}{' '}
                    <Button
                      kind="plain"
                      disabled={work.busy}
                      onClick={() => set(known.filter((one) => one !== id))}
                    >
                      {say('console.on-call.off')}
                      <span class="off-screen"> {nameOf(id)}</span>
                    </Button>
                  </li>
                ))}
              </ol>
              {officers
                .filter(({ accountId }) => !known.includes(accountId))
                .map(({ accountId, name }) => (
                  <Button key={accountId} disabled={work.busy} onClick={() => set([...known, accountId])}>
                    {say('console.on-call.on', { name })}
                  </Button>
                ))}
            </>
          );
        }}
      </Await>
      <Problem error={work.failed} />
    </section>
  );
}
