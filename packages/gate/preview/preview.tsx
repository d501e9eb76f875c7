// Every screen from plain fixtures, as addresses: /gate/preview.html?s=ended&m=kiosk&theme=dark&lang=en
import '@munjigi/ui/older-browsers';
import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { GateApp } from '../src/screens/GateApp.tsx';
import { createSpeaker } from '../src/sound/index.ts';
import { gateFor, scanned } from './fixtures.ts';
import { koreanPack } from './pack.ts';
import { roomStream } from './room.ts';

const look = appearance();
const policy = koreanPack();
const place = document.getElementById('app')!;
const still = new URLSearchParams(location.search).has('nopicture');
const stream = still ? null : await (innerWidth <= 600 ? roomStream(780, 940) : roomStream(1376, 1224));

/** Shows another screen on the same page: tests look at hundreds of them. */
function show(query: string): void {
  const wish = Object.fromEntries(new URLSearchParams(query));
  const root = document.documentElement;
  look.language.value = wish.lang === 'en' ? 'en' : wish.lang === 'ko' ? 'ko' : look.language.value;
  for (const name of ['theme', 'contrast'])
    if (wish[name]) root.dataset[name] = wish[name];
    else delete root.dataset[name];
  const gate = gateFor({ ...wish, lang: look.language.value }, policy, stream);
  render(null, place);
  render(
    <GateApp
      gate={gate}
      still={!('moving' in wish)}
      calm={matchMedia('(prefers-reduced-motion: reduce)').matches}
    />,
    place,
  );
}

Object.assign(window, { munjigiPreview: show, munjigiSpeaker: createSpeaker(), munjigiScanned: scanned });
show(location.search);
document.documentElement.dataset.ready = 'true';
