import '@munjigi/ui/older-browsers';
import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import { appearance } from '@munjigi/ui/appearance';
import { t } from '@munjigi/ui/texts';
import { render } from 'preact';
import { chosenMode, rememberMode } from './app/mode.ts';
import { keepInstalled, wasOnShift } from './app/update.ts';
import { createGate } from './engine/index.ts';
import { GateApp } from './screens/GateApp.tsx';
import { createSpeaker } from './sound/index.ts';

const look = appearance();
const place = document.getElementById('app') as HTMLElement;

async function open(): Promise<void> {
  const gate = await createGate({
    language: look.language,
    speak: createSpeaker(`${import.meta.env.BASE_URL}voice/`),
    mode: chosenMode(),
  });
  rememberMode(gate);
  // On a stage the page around decides which version it shows.
  const staged = new URLSearchParams(location.search).has('stage');
  const update = staged ? null : keepInstalled(gate);
  place.replaceChildren();
  render(<GateApp gate={gate} calm={look.calm.value} update={update} />, place);
  document.documentElement.dataset.ready = 'true';
  if (wasOnShift()) await gate.startShift();
}

open().catch(() => {
  // A browser that lets nothing be stored at all: it must not look like a gate that works.
  const language = look.language.value;
  place.replaceChildren();
  render(
    <main class="boot">
      <h1>{t(language, 'gate.fitness.unfit')}</h1>
      <p role="alert">{t(language, 'gate.fitness.unfit-text')}</p>
      <button type="button" class="btn first" onClick={() => location.reload()}>
        {t(language, 'button.retry')}
      </button>
    </main>,
    place,
  );
});
