import { Button, Icon, LanguageSwitch, S } from '@munjigi/ui/elements';
import type { Language } from '@munjigi/ui/texts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ProviderPerson, Wallet } from '../model.ts';

/** The first start: who this is (the demonstration's provider), what is kept and where, and one tap to receive. */
export function Enrol({ wallet }: { readonly wallet: Wallet }) {
  const chosen = useSignal<ProviderPerson | null>(null);
  const visiting = wallet.visiting.value;
  useEffect(() => {
    if (wallet.people.value === null) void wallet.loadPeople();
  }, [wallet]);
  return (
    <main class="enrol">
      {visiting.state === 'found' && (
        <p class="notice told" role="status" data-munjigi="poster-waits">
          <S text={wallet.text('wallet.poster.enrol-first', { venue: visiting.venue })} />
        </p>
      )}
      {wallet.waiting.value ? (
        <Waiting wallet={wallet} />
      ) : wallet.signedIn.value ? (
        <Consent
          wallet={wallet}
          name={wallet.signedIn.value.name}
          agree={() => wallet.enrolSignedIn()}
          back={() => wallet.forgetSignIn()}
        />
      ) : chosen.value ? (
        <Consent
          wallet={wallet}
          name={nameOf(chosen.value, wallet.look.language.value)}
          agree={() => chosen.value && wallet.enrol(chosen.value.id)}
          back={() => (chosen.value = null)}
        />
      ) : (
        <Choose wallet={wallet} choose={(person) => (chosen.value = person)} />
      )}
    </main>
  );
}

/** Place and time in one sentence; it goes on by itself. */
function Waiting({ wallet }: { readonly wallet: Wallet }) {
  return (
    <>
      <h1>{wallet.text('wallet.queue.title')}</h1>
      <p role="status" data-munjigi="waiting">
        <S text={wallet.waiting.value ?? ''} />
      </p>
      <p class="quiet">
        <S text={wallet.text('wallet.queue.leave')} />
      </p>
    </>
  );
}

const nameOf = (person: ProviderPerson, language: Language) =>
  (language === 'en' && person.nameEn) || person.name;
const tagOf = (person: ProviderPerson, language: Language) =>
  (language === 'en' && person.tagEn) || person.tag;

function Choose({
  wallet,
  choose,
}: {
  readonly wallet: Wallet;
  readonly choose: (person: ProviderPerson) => void;
}) {
  const people = wallet.people.value;
  const language = wallet.look.language.value;
  return (
    <>
      <h1>{wallet.text('wallet.enrol.title')}</h1>
      {people && people.length > 0 && (
        <p class="quiet">
          <S text={wallet.text('wallet.enrol.provider')} />
        </p>
      )}
      {wallet.problem.value && <p class="problem">{wallet.problem.value}</p>}
      {wallet.providers.value.length > 0 && (
        <div class="stack" style="margin-top: var(--s-6)">
          {wallet.providers.value.map(({ name, title }) => (
            <Button
              key={name}
              kind="first"
              size="tall"
              disabled={wallet.busy.value}
              data-provider={name}
              onClick={() => wallet.signIn(name)}
            >
              {title[language]}
            </Button>
          ))}
        </div>
      )}
      {people && people.length > 0 && (
        <ul class="list" style="margin-top: var(--s-6)">
          {people.map((person) => (
            <li key={person.id}>
              <button type="button" class="line" data-person={person.id} onClick={() => choose(person)}>
                <span>
                  <b>{nameOf(person, language)}</b>
                  <span class="small num">
                    {[person.birthDate, tagOf(person, language)].filter(Boolean).join(' · ')}
                  </span>
                </span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <span class="push" />
      <div class="under">
        <span>
          {wallet.problem.value && (
            <Button onClick={() => wallet.loadPeople()}>{wallet.text('button.retry')}</Button>
          )}
        </span>
        <LanguageSwitch language={wallet.look.language} />
      </div>
    </>
  );
}

function Consent({
  wallet,
  name,
  agree,
  back,
}: {
  readonly wallet: Wallet;
  readonly name: string;
  readonly agree: () => unknown;
  readonly back: () => void;
}) {
  return (
    <>
      <h1>{wallet.text('wallet.enrol.greeting', { name })}</h1>
      <ul class="consent">
        {['wallet.enrol.kept', 'wallet.enrol.shown', 'wallet.enrol.diary'].map((key) => (
          <li key={key}>
            <S text={wallet.text(key)} />
          </li>
        ))}
      </ul>
      {wallet.problem.value && <p class="problem">{wallet.problem.value}</p>}
      <span class="push" />
      <div class="stack">
        <Button kind="first" size="tall" disabled={wallet.busy.value} data-munjigi="agree" onClick={agree}>
          {wallet.text(wallet.busy.value ? 'wallet.enrol.busy' : 'wallet.enrol.agree')}
        </Button>
        <Button onClick={back} disabled={wallet.busy.value}>
          {wallet.text('button.back')}
        </Button>
      </div>
    </>
  );
}
