import '@munjigi/ui/older-browsers';
import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import './style/console.css';
import './style/pages.css';
import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { App } from './App.tsx';
import { bodyOfHost } from './engine/body.ts';
import { openConsole } from './engine/console.ts';
import { httpDesk } from './engine/desk.ts';
import { inviteIn, placeIn } from './engine/links.ts';
import { pageCrypto, readWorld } from './engine/world.ts';
import { Doors } from './screens/shell/SignIn.tsx';
import { ConsoleContext } from './screens/use.ts';

const look = appearance();
const place = document.getElementById('app') as HTMLElement;
const body = bodyOfHost(location.hostname);
// An address of no body leads to the consoles; it speaks to no desk.
const desk = httpDesk(body ?? 'register');
const app = openConsole({ desk, authenticator: navigator.credentials, crypto: pageCrypto(), look });

if (body === null) {
  place.replaceChildren();
  app.session.who.value = null;
  render(
    <ConsoleContext.Provider value={app}>
      <Doors />
    </ConsoleContext.Provider>,
    place,
  );
  document.documentElement.dataset.ready = 'true';
} else {
  const invite = inviteIn(location.hash);
  // The code goes out of the address at once, so that it is in no history and on no screen.
  if (invite !== null) history.replaceState(null, '', location.pathname);
  app.place.value = placeIn(location.hash);
  const world = async () => {
    app.world.value = await readWorld(desk, app.crypto);
  };
  setInterval(world, 60_000);
  const session = app.session.look().catch(() => {
    app.session.who.value = null;
  });
  // Zone and moment come with the signed documents: a form that asks for a time wants both.
  void Promise.all([world(), session]).then(() => {
    place.replaceChildren();
    render(
      <ConsoleContext.Provider value={app}>
        <App invite={invite} />
      </ConsoleContext.Provider>,
      place,
    );
    document.documentElement.dataset.ready = 'true';
  });
}
