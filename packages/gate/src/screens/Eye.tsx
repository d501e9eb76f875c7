import { Icon, LiveMark, Shape } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { EyeRow, Gate } from '../model.ts';
import { Foot } from './Foot.tsx';
import type { Pulse } from './pulse.ts';
import { Say } from './Say.tsx';
import { Clock } from './Scan.tsx';
import { Title } from './Title.tsx';
import { dayInWords } from './when.ts';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly pulse: Pulse;
  readonly calm: boolean;
}

/** What to look at when eyes take the place of the camera: today's dates come from the rules, run backwards. */
export function Eye({ gate, pulse, calm }: Props) {
  const [open, choose] = useState<string | null>(null);
  const [seen, see] = useState<string | null>(null);
  const kinds = gate.shown?.value ?? [];
  const kind = kinds.find(({ id }) => id === seen);
  const beside = gate.signBeside?.value ?? null;
  const rows = gate.eyeRows.value;
  const sign = gate.sign.value;
  const second = pulse.second.value;
  const day = gate.eyeDay?.value ?? (second === null ? null : { ms: second, sure: true });
  const date = day && dayInWords(gate, day.ms);
  return (
    <>
      <main class="eye">
        <header>
          <Title>
            {word(gate, 'eye.headline')}
            {date && (
              <small class={day.sure ? '' : 'unsure'}>
                {word(gate, day.sure ? 'eye.as-of' : 'eye.day-unsure', { date })}
              </small>
            )}
          </Title>
        </header>
        <div class="two">
          <section class="phone">
            <h2>{word(gate, 'eye.phone')}</h2>
            <dl>
              <div class="mv">
                <dt class="off-screen">{word(gate, 'eye.moves')}</dt>
                <dd class="mark">
                  <LiveMark tick={pulse.tick} small heavy={4} calm={calm} />
                </dd>
                <dd class="moves" aria-hidden="true">
                  {word(gate, 'eye.moves')}
                </dd>
              </div>
              <div>
                <dt>{word(gate, 'eye.clock')}</dt>
                <dd>
                  <Clock gate={gate} pulse={pulse} />
                </dd>
              </div>
              <div>
                <dt>{word(gate, 'eye.word')}</dt>
                <dd class="sign" data-munjigi="sign">
                  {sign ? (
                    <>
                      <Shape name={sign.shape} />
                      {sign.word}
                    </>
                  ) : (
                    <small>{word(gate, 'eye.word-none')}</small>
                  )}
                </dd>
                {beside && (
                  <dd class="beside" data-munjigi="beside">
                    <Shape name={beside.shape} />
                    {word(gate, 'eye.word-beside', { word: beside.word })}
                  </dd>
                )}
              </div>
            </dl>
          </section>
          <section class="proofs">
            <h2>{word(gate, rows.length > 0 ? 'eye.any' : day?.sure ? 'eye.nothing' : 'eye.no-day')}</h2>
            <ul class="any">
              {rows.map((row) => (
                <Row
                  key={row.id}
                  row={row}
                  open={open === row.id}
                  onChoose={() => choose(open === row.id ? null : row.id)}
                />
              ))}
            </ul>
          </section>
        </div>
        {kinds.length > 0 && (
          <section class="shown" aria-labelledby="eye-shown">
            {/* Above the buttons, so that they stay where they are under a finger. */}
            <p class="look" aria-live="polite">
              {kind && <Say text={kind.look} />}
            </p>
            <h2 id="eye-shown">{word(gate, 'eye.shown')}</h2>
            <div class="kinds">
              {kinds.map(({ id, label }) => (
                <button
                  type="button"
                  key={id}
                  aria-pressed={id === seen}
                  data-shown={id}
                  onClick={() => see(id === seen ? null : id)}
                >
                  {label}
                </button>
              ))}
            </div>
          </section>
        )}
        <div class="acts">
          <button
            type="button"
            class="btn first"
            onClick={() => void gate.admitByStaff('eye', undefined, kind?.id)}
          >
            <Icon name="check" />
            {word(gate, 'eye.seen')}
          </button>
          <button
            type="button"
            class="btn"
            onClick={() => {
              gate.setParty('alone');
              void gate.admitByStaff('not-required');
            }}
          >
            {word(gate, 'action.alone')}
          </button>
          {kinds.length > 0 && (
            <button type="button" class="btn" onClick={() => void gate.answer('none')}>
              {word(gate, 'action.none')}
            </button>
          )}
          <button type="button" class="btn" onClick={() => gate.show('scan')}>
            {word(gate, 'back')}
          </button>
        </div>
      </main>
      <Foot gate={gate} left={<span class="quiet">{word(gate, 'eye.private')}</span>} number={103} />
    </>
  );
}

/** One proof with its dates; tapped, it opens its one sentence. */
function Row({
  row,
  open,
  onChoose,
}: {
  readonly row: EyeRow;
  readonly open: boolean;
  readonly onChoose: () => void;
}) {
  const explained = row.explain !== '';
  return (
    <li class={open ? 'open' : ''}>
      <button type="button" aria-expanded={explained ? open : undefined} onClick={onChoose}>
        {row.value === '' ? (
          <span class="d whole">{row.label}</span>
        ) : (
          <>
            <span class="k">{row.label}</span>
            <span class="d num">
              <Dates text={row.value} />
              {row.detail !== '' && <small>{row.detail}</small>}
            </span>
          </>
        )}
        {explained && <Icon name="chevron-right" />}
      </button>
      {open && explained && (
        <p>
          <Say text={row.explain} />
        </p>
      )}
    </li>
  );
}

/** The date large, the word behind it ("or after") small. */
function Dates({ text }: { readonly text: string }) {
  const [, date, rest] = /^(.*\d\S*)\s+(\D+)$/u.exec(text) ?? [null, text, ''];
  return (
    <>
      {date}
      {rest !== '' && <small>{rest}</small>}
    </>
  );
}
