import { Brand, Button, Icon, LanguageSwitch, S } from '@munjigi/ui/elements';
import type { ComponentChildren } from 'preact';
import { Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';
import { placesOf } from './places.ts';

/** The one frame of every role: where one may go, who is signed in, and the screen. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const { desk, session, place, look } = useConsole();
  const { say, language } = useWords();
  const who = session.who.value;
  const out = useWork();
  if (!who) return null;
  const here = place.value.split('/')[0];
  const at = here === 'venue' ? 'venues' : here === 'case' ? 'cases' : here;
  const places = placesOf(desk.body, who);
  return (
    <div class="console" data-body={desk.body}>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {say('console.skip')}
      </button>
      <nav aria-label={say('console.nav')}>
        <Brand language={language} />
        <ul>
          {places.map(({ path, word, icon }) => (
            <li key={path}>
              <a href={`#/${path}`} {...(path === at ? { 'aria-current': 'page' as const } : {})}>
                <Icon name={icon} />
                <span>{say(word)}</span>
              </a>
            </li>
          ))}
        </ul>
        <div class="me">
          <p>
            <b>{who.name}</b>
            <span>{say(`console.body.${desk.body}`)}</span>
          </p>
          <div class="row">
            <LanguageSwitch language={look.language} />
            <button type="button" class="language" onClick={() => out.run(session.signOut)}>
              {say('console.sign-out')}
            </button>
          </div>
          <Problem error={out.failed} />
        </div>
      </nav>
      <div class="side">
        {session.expired.value && <Expired />}
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** The session ran out: calm, above everything, and what was typed below it stays. */
function Expired() {
  const { session } = useConsole();
  const { say } = useWords();
  const work = useWork();
  return (
    <section class="strip usual" role="alert" data-expired>
      <div class="say">
        <b>{say('console.expired.headline')}</b>
        <S text={say('console.expired.text')} />
        <Problem error={work.failed} />
      </div>
      <Button kind="first" disabled={work.busy} onClick={() => work.run(() => session.signIn())}>
        {say('console.sign-in.again')}
      </Button>
    </section>
  );
}
