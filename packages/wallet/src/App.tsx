import { Brand, Icon, type IconName } from '@munjigi/ui/elements';
import type { View, Wallet } from './model.ts';
import { Certificate } from './screens/Certificate.tsx';
import { Code } from './screens/Code.tsx';
import { Diary } from './screens/Diary.tsx';
import { Enrol } from './screens/Enrol.tsx';
import { More } from './screens/More.tsx';
import { Poster } from './screens/Poster.tsx';
import { Reason } from './screens/Reason.tsx';

const TABS: readonly { readonly view: View; readonly icon: IconName; readonly key: string }[] = [
  { view: 'qr', icon: 'qr-code', key: 'wallet.tab.code' },
  { view: 'certificate', icon: 'file-text', key: 'wallet.tab.certificate' },
  { view: 'diary', icon: 'history', key: 'wallet.tab.diary' },
];

/** The frame of every page: who, the page, three ways. */
export function App({ wallet }: { readonly wallet: Wallet }) {
  const stage = wallet.stage.value;
  const language = wallet.look.language.value;
  const view = wallet.view.value;
  return (
    <>
      <header class="bar">
        <span class="name">
          <Brand language={language} />
          {wallet.exercise.value && <span class="tag">{wallet.text('status.exercise')}</span>}
        </span>
        {stage === 'open' && wallet.person.value && (
          <button type="button" class="who" onClick={() => wallet.show('more')}>
            {wallet.person.value.name}
            <Icon name="settings" />
            <span class="off-screen">{wallet.text('wallet.more.title')}</span>
          </button>
        )}
      </header>
      <Page wallet={wallet} />
      {stage === 'open' && (
        <nav aria-label={wallet.text('wallet.tabs')}>
          {TABS.map((tab) => (
            <button
              type="button"
              key={tab.view}
              onClick={() => wallet.show(tab.view)}
              {...(tab.view === view || (tab.view === 'qr' && (view === 'reason' || view === 'poster'))
                ? { 'aria-current': 'page' as const }
                : {})}
            >
              <Icon name={tab.icon} />
              {wallet.text(tab.key)}
            </button>
          ))}
        </nav>
      )}
    </>
  );
}

function Page({ wallet }: { readonly wallet: Wallet }) {
  const stage = wallet.stage.value;
  if (stage === 'opening') return <main aria-busy="true" />;
  if (stage === 'enrol') return <Enrol wallet={wallet} />;
  if (stage === 'unusable') {
    return (
      <main class="enrol">
        <h1>{wallet.text('wallet.unusable.title')}</h1>
        <p>{wallet.text('wallet.unusable.text')}</p>
      </main>
    );
  }
  switch (wallet.view.value) {
    case 'qr':
      return <Code wallet={wallet} />;
    case 'poster':
      return <Poster wallet={wallet} />;
    case 'certificate':
      return <Certificate wallet={wallet} />;
    case 'reason':
      return <Reason wallet={wallet} />;
    case 'diary':
      return <Diary wallet={wallet} />;
    case 'more':
      return <More wallet={wallet} />;
  }
}
