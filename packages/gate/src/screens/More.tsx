import { remember } from '@munjigi/ui/appearance';
import { Icon } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { DeviceFactsList } from './DeviceFactsList.tsx';
import { Foot } from './Foot.tsx';
import { GateNewsLines } from './GateNewsLines.tsx';
import { OtherReaders } from './OtherReaders.tsx';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { type Update, UpdateOffer } from './UpdateOffer.tsx';
import { VoidLast } from './VoidLast.tsx';
import { word } from './words.ts';

/** Everything that is not needed for the next guest. What is needed in a hurry comes first. */
export function More({ gate, update }: { readonly gate: Gate; readonly update: Update | null }) {
  const { torch } = gate.camera.value;
  const language = gate.language.value;
  const change = (next: 'ko' | 'en'): void => {
    gate.language.value = next;
    remember({ lang: next });
  };
  return (
    <>
      <main class="more">
        <header>
          <Title>{word(gate, 'more.headline')}</Title>
          <button type="button" class="btn first" onClick={() => gate.show('scan')}>
            {word(gate, 'back')}
          </button>
        </header>
        <div class="columns">
          <div>
            <VoidLast gate={gate} />
            <Part title={word(gate, 'more.mode')}>
              <Choice
                name="mode"
                label={word(gate, 'more.mode')}
                chosen={gate.mode.value}
                options={[
                  ['hand', word(gate, 'more.mode-hand')],
                  ['kiosk', word(gate, 'more.mode-kiosk')],
                ]}
                onChoose={(mode) => {
                  gate.mode.value = mode;
                }}
              />
            </Part>
            <Part title={word(gate, 'more.language')}>
              <Choice
                name="language"
                label={word(gate, 'more.language')}
                chosen={language}
                options={[
                  ['ko', language === 'ko' ? '한국어' : t('en', 'language.other')],
                  ['en', language === 'en' ? 'English' : t('ko', 'language.other')],
                ]}
                onChoose={change}
              />
            </Part>
            <Part title={word(gate, 'more.camera')}>
              <div class="row">
                <button type="button" class="btn" onClick={() => void gate.nextCamera()}>
                  {word(gate, 'more.next-camera')}
                </button>
                {torch !== null && (
                  <button
                    type="button"
                    class="btn"
                    aria-pressed={torch}
                    onClick={() => void gate.setTorch(!torch)}
                  >
                    {word(gate, torch ? 'more.torch-off' : 'more.torch-on')}
                  </button>
                )}
                <button type="button" class="btn" onClick={() => void gate.playSoundTest()}>
                  <Icon name="volume-2" />
                  {word(gate, 'more.sound')}
                </button>
              </div>
            </Part>
            <OtherReaders gate={gate} />
          </div>
          <div>
            {update && <UpdateOffer gate={gate} update={update} />}
            <section class="keep">
              <h2>
                <Say text={word(gate, 'more.keep')} />
              </h2>
              <p>
                <Say text={word(gate, 'more.keep-text')} />
              </p>
              <ExportOutbox gate={gate} />
            </section>
            <GateNewsLines gate={gate} all />
            <DeviceFactsList gate={gate} />
            {gate.statements && (
              <Part title={word(gate, 'statement.headline')}>
                <p class="quiet">
                  <Say text={word(gate, 'statement.text')} />
                </p>
                <button type="button" class="btn" onClick={() => gate.show('statements')}>
                  <Icon name="file-text" />
                  {word(gate, 'statement.headline')}
                </button>
              </Part>
            )}
            <Part title={word(gate, 'settings.headline')}>
              <p class="quiet">{word(gate, 'settings.text')}</p>
              <button type="button" class="btn" onClick={() => gate.show('settings')}>
                <Icon name="settings" />
                {word(gate, 'settings.headline')}
              </button>
            </Part>
            <Part title={word(gate, 'more.end')}>
              <p class="quiet">
                <Say text={word(gate, 'more.end-text')} />
              </p>
              <button type="button" class="btn" onClick={() => void gate.endShift()}>
                {word(gate, 'more.end')}
              </button>
            </Part>
          </div>
        </div>
      </main>
      <Foot gate={gate} left={<span class="quiet">{word(gate, 'more.keep')}</span>} />
    </>
  );
}

export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly label: string;
  readonly chosen: T;
  readonly options: readonly (readonly [T, string])[];
  onChoose(value: T): void;
}

/** A few that exclude each other, as native radio buttons in one row. */
function Choice<T extends string>({ name, label, chosen, options, onChoose }: ChoiceProps<T>) {
  return (
    <div class="choice" role="radiogroup" aria-label={label}>
      {options.map(([value, text]) => (
        <label key={value}>
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </div>
  );
}

/** The way out without a network: the unsent entries as a signed file. */
function ExportOutbox({ gate }: { readonly gate: Gate }) {
  const [outcome, tell] = useState<'done' | 'failed' | null>(null);
  const save = async (): Promise<void> => {
    try {
      const file = await gate.exportOutbox();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = 'munjigi-outbox.cose';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      tell('done');
    } catch {
      tell('failed');
    }
  };
  return (
    <>
      <button type="button" class="btn" onClick={() => void save()}>
        <Icon name="arrow-down-to-line" />
        {word(gate, 'more.export')}
      </button>
      <p class="quiet small" role="status">
        <Say
          text={word(
            gate,
            outcome === null ? 'more.export-text' : outcome === 'done' ? 'more.export-done' : 'more.failed',
          )}
        />
      </p>
    </>
  );
}
