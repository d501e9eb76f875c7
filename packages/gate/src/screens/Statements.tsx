import type { CheckedStatement } from '@munjigi/core/statement';
import type { Episode } from '@munjigi/offline';
import { Icon, QrSvg } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Gate, Statements as Stated } from '../model.ts';
import { Foot } from './Foot.tsx';
import { Say } from './Say.tsx';
import { Limits, StatementSheet } from './StatementSheet.tsx';
import { Title } from './Title.tsx';
import { stretch } from './when.ts';
import { word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly statements: Stated;
}

interface Made {
  readonly checked: CheckedStatement;
  readonly text: string;
  readonly seen: Episode['seen'];
}

/** Hours in which servers did not answer: this device's own, each with a code for an inspector; and what an inspector has read. */
export function Statements({ gate, statements }: Props) {
  const [made, show] = useState<Made | null>(null);
  const [failed, tell] = useState(false);
  const read = statements.read.value;
  const choose = async (from: number): Promise<void> => {
    const text = await statements.make(from);
    const checked = text === null ? null : await statements.verify(text);
    const { seen } = statements.episodes.value.find((one) => one.from === from) ?? {};
    if (text !== null && checked) show({ checked, text, seen });
    tell(!checked);
  };
  const shown = read || made?.checked;
  return (
    <>
      <main class="form statements" data-shown={shown ? 'sheet' : 'list'}>
        {shown ? (
          <div class="paper">
            <StatementSheet
              gate={gate}
              checked={shown}
              foreign={read !== null}
              seen={read === null ? made?.seen : undefined}
            />
            {made && read === null && (
              <div class="show">
                <div class="paper-white">
                  <QrSvg text={made.text} label={word(gate, 'statement.code')} />
                </div>
                <Limits gate={gate} />
              </div>
            )}
          </div>
        ) : (
          <div class="words">
            <Title>{word(gate, read === false ? 'statement.not-believed' : 'statement.headline')}</Title>
            <p class="quiet">
              <Say text={word(gate, read === false ? 'statement.not-believed-text' : 'statement.text')} />
            </p>
            {read === null && <List gate={gate} statements={statements} onChoose={choose} />}
            <p role="status">{failed && word(gate, 'more.failed')}</p>
          </div>
        )}
        <div class="acts">
          {shown && read === null ? (
            <>
              <button type="button" class="btn first" onClick={() => print()}>
                <Icon name="printer" />
                {word(gate, 'statement.print')}
              </button>
              <button type="button" class="btn" onClick={() => show(null)}>
                {word(gate, 'back')}
              </button>
            </>
          ) : (
            <button
              type="button"
              class="btn first"
              onClick={() => gate.show(read === null ? 'more' : 'scan')}
            >
              {word(gate, 'back')}
            </button>
          )}
        </div>
      </main>
      <Foot gate={gate} left={<span class="quiet">{word(gate, 'statement.nobody')}</span>} />
    </>
  );
}

function List({
  gate,
  statements,
  onChoose,
}: Props & { readonly onChoose: (from: number) => Promise<void> }) {
  const episodes = statements.episodes.value;
  if (episodes.length === 0) return <p class="say">{word(gate, 'statement.none')}</p>;
  return (
    <ul class="episodes">
      {episodes.map(({ from, to }) => (
        <li key={from}>
          <button type="button" class="btn num" onClick={() => void onChoose(from)}>
            <Icon name="file-text" />
            {stretch(gate, from, to)}
          </button>
        </li>
      ))}
    </ul>
  );
}
