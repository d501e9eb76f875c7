import '@munjigi/ui/older-browsers';
import { appearance } from '@munjigi/ui/appearance';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { App } from './App.tsx';
import { installOffer, updateOffer } from './engine/install.ts';
import { type OpenWallet, openWallet } from './engine/open.ts';
import { posterOfAddress } from './engine/poster-address.ts';
import { answerOfProvider } from './engine/signing-in.ts';
import { openStage, type WalletStage } from './stage.ts';
import './styles.ts';

// ?person=NAME is a wallet of its own in this browser; ?stage lets the demonstration page hold it up to the gate.
declare global {
  interface Window {
    munjigiWallet?: WalletStage;
  }
}

const query = new URLSearchParams(location.search);
const look = appearance(query);
const isStaged = query.has('stage');
const person = query.get('person');
const answer = answerOfProvider();
const poster = posterOfAddress();
const install = installOffer();
const update = import.meta.env.PROD
  ? updateOffer(`${import.meta.env.BASE_URL}sw.js`, import.meta.env.BASE_URL)
  : signal(null);
const open = (profile: string | null): Promise<OpenWallet> =>
  openWallet({ look, profile, install, update, renewsItself: !isStaged, answer, poster });

function Root({ current }: { readonly current: { readonly value: OpenWallet | null } }) {
  return current.value ? <App wallet={current.value} key={current.value.serial} /> : null;
}

const root = document.getElementById('app') as HTMLElement;
if (isStaged) {
  const { current, api } = openStage(look, open, person);
  window.munjigiWallet = api;
  render(<Root current={current} />, root);
} else {
  const current = signal<OpenWallet | null>(null);
  render(<Root current={current} />, root);
  current.value = await open(person);
}
