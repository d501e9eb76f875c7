// Every screen from plain fixtures, as addresses: /gate/preview.html?s=ended&m=kiosk&theme=dark&lang=en
import '@munjigi/ui/older-browsers';
import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { GateApp } from '../src/screens/GateApp.tsx';
import { gateFor } from './fixtures.ts';
import { koreanPack } from './pack.ts';
import { roomStream } from './room.ts';

const wish = Object.fromEntries(new URLSearchParams(location.search));
const look = appearance();
const upright = innerWidth <= 600;
const stream = await (upright ? roomStream(780, 940) : roomStream(1376, 1224));
const gate = gateFor({ ...wish, lang: look.language.value }, koreanPack(), stream);
render(
  <GateApp gate={gate} still={!('moving' in wish)} calm={look.calm.value} />,
  document.getElementById('app')!,
);
document.documentElement.dataset.ready = 'true';
