import { Brand, Button, LanguageSwitch, S } from '@munjigi/ui/elements';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { BODIES, consoleAddress } from '../../engine/body.ts';
import { Field, Page, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

/** A page before anybody is signed in: the mark, one thing to do, the language. */
function Threshold({ children }: { readonly children: ComponentChildren }) {
  const { look } = useConsole();
  const { language } = useWords();
  return (
    <div class="threshold">
      <header>
        <Brand language={language} />
        <LanguageSwitch language={look.language} />
      </header>
      <main>{children}</main>
    </div>
  );
}

export function SignIn() {
  const { desk, session, go } = useConsole();
  const { say } = useWords();
  const work = useWork();
  return (
    <Threshold>
      <Page title={say(`console.body.${desk.body}`)}>
        <p class="lead">
          <S text={say('console.sign-in.text')} />
        </p>
        <Button
          kind="first"
          size="stand"
          disabled={work.busy}
          onClick={() => work.run(() => session.signIn())}
        >
          {say('console.sign-in')}
        </Button>
        <Problem error={work.failed} />
        <p class="quiet">
          <S text={say('console.sign-in.invited')} />
        </p>
        {desk.body === 'register' && (
          <Button kind="plain" onClick={() => go('invited')}>
            {say('console.enrol.by-code')}
          </Button>
        )}
      </Page>
    </Threshold>
  );
}

/** The first time: an invite becomes a passkey. The code is in the link, or typed. */
export function Enrol({ code: given }: { readonly code: string }) {
  const { desk, session, go } = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [code, setCode] = useState(given);
  const enrol = () =>
    work.run(async () => {
      await session.enrol(code.trim());
      go('');
    });
  return (
    <Threshold>
      <Page title={say('console.enrol.headline')} aside={say(`console.body.${desk.body}`)}>
        <p class="lead">
          <S text={say('console.enrol.text')} />
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void enrol();
          }}
        >
          {given === '' && (
            <Field label={say('console.enrol.code')}>
              {(attributes) => (
                <input
                  {...attributes}
                  value={code}
                  autocomplete="off"
                  spellcheck={false}
                  onInput={(event) => setCode(event.currentTarget.value)}
                />
              )}
            </Field>
          )}
          <Button kind="first" size="stand" type="submit" disabled={work.busy || code.trim() === ''}>
            {say('console.enrol.go')}
          </Button>
        </form>
        <Problem error={work.failed} />
        <p class="quiet">
          <S text={say('console.enrol.once')} />
        </p>
      </Page>
    </Threshold>
  );
}

/** An address of no body: it leads to the consoles, and does nothing itself. */
export function Doors() {
  const { say } = useWords();
  return (
    <Threshold>
      <Page title={say('console.doors.headline')}>
        <p class="lead">
          <S text={say('console.doors.text')} />
        </p>
        <ul class="doors">
          {BODIES.filter((body) => body !== 'issuer').map((body) => (
            <li key={body}>
              <a class="btn stand" href={consoleAddress(body, location)}>
                {say(`console.body.${body}`)}
              </a>
              <p class="quiet">{say(`console.doors.${body}`)}</p>
            </li>
          ))}
        </ul>
      </Page>
    </Threshold>
  );
}
