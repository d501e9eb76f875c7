// Every screen from plain fixtures, as addresses: /console/preview.html?s=venue/7&role=owner&theme=dark&lang=en
import '@munjigi/ui/older-browsers';
import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import '../src/style/console.css';
import '../src/style/pages.css';
import type { Bundle } from '@munjigi/core/trust';
import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { App } from '../src/App.tsx';
import type { Body } from '../src/engine/body.ts';
import { openConsole } from '../src/engine/console.ts';
import { pageCrypto } from '../src/engine/world.ts';
import { Doors } from '../src/screens/shell/SignIn.tsx';
import { ConsoleContext } from '../src/screens/use.ts';
import { at, caseId, logLines } from './answers.ts';
import { fixtureDesk, type Wish } from './desk.ts';
import { makeLog } from './log.ts';
import { koreanPack } from './pack.ts';

const look = appearance();
const policy = koreanPack();
const place = document.getElementById('app') as HTMLElement;
const logs = { good: await makeLog(logLines, null), wrong: await makeLog(logLines, 4) };

/** Shows another screen on the same page: tests look at hundreds of them. `s=case` stands for the fixture's case. */
async function show(query: string): Promise<void> {
  const wish: Wish = Object.fromEntries(new URLSearchParams(query));
  const root = document.documentElement;
  look.language.value = wish.lang === 'en' ? 'en' : 'ko';
  for (const name of ['theme', 'contrast'])
    if (wish[name]) root.dataset[name] = wish[name];
    else delete root.dataset[name];
  const body = (wish.body ?? 'register') as Body;
  const log = wish.wrong === undefined ? logs.good : logs.wrong;
  const app = openConsole({
    desk: fixtureDesk(body, wish, log),
    authenticator: {
      create: () => Promise.reject(new Error('none')),
      get: () => Promise.reject(new Error('none')),
    },
    crypto: pageCrypto(),
    look,
  });
  const bundle = { sequence: 12, issuers: [{ issuer: 'kr-2022' }], parts: log.parts } as unknown as Bundle;
  app.world.value = { bundle, policy, now: () => at('20:00') };
  app.place.value = wish.s === 'case' ? `case/${caseId}` : (wish.s ?? '');
  if (wish.s === 'sign-in' || wish.s === 'enrol' || wish.s === 'doors') app.session.who.value = null;
  else await app.session.look();
  if (wish.expired !== undefined) app.session.expired.value = true;
  render(null, place);
  place.replaceChildren();
  document.body.focus();
  render(
    <ConsoleContext.Provider value={app}>
      {wish.s === 'doors' ? <Doors /> : <App invite={wish.s === 'enrol' ? 'mV3tYk1ZQm-3oQ8rB0v5xA' : null} />}
    </ConsoleContext.Provider>,
    place,
  );
  if (wish.s === 'sign-in' || wish.s === 'enrol') app.place.value = '';
  scrollTo(0, 0);
}

Object.assign(window, { munjigiPreview: show });
await show(location.search);
document.documentElement.dataset.ready = 'true';
