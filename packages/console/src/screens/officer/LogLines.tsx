import { toHex } from '@munjigi/core/encoding';
import type { Line } from '@munjigi/core/log';
import { useEffect, useState } from 'preact/hooks';
import type { GivenLine } from '../../engine/log-calls.ts';
import { type CheckedLine, checkLine } from '../../engine/log-check.ts';
import { keysIn } from '../../engine/world.ts';
import { Mark } from '../parts.tsx';
import { useConsole, useWords } from '../use.ts';

interface Props {
  readonly lines: readonly GivenLine[];
  onChecked?(lines: readonly CheckedLine[]): void;
}

/** Lines of the public log, each verified in this page: its tick, or its fault. */
export function LogLines({ lines, onChecked }: Props) {
  const { crypto, world } = useConsole();
  const { say } = useWords();
  const [checked, setChecked] = useState<readonly CheckedLine[] | null>(null);
  const key = lines.map(({ line, receipt }) => `${line}${receipt}`).join();
  useEffect(() => {
    let left = false;
    const keys = keysIn(world.value);
    void Promise.all(lines.map((line) => checkLine(line, keys, crypto))).then((found) => {
      if (left) return;
      setChecked(found);
      onChecked?.(found);
    });
    return () => {
      left = true;
    };
  }, [key, world.value.bundle?.sequence]);
  if (lines.length === 0) return <p class="quiet">{say('console.log.none')}</p>;
  if (checked === null)
    return (
      <p class="quiet" data-asking>
        {say('console.log.checking')}
      </p>
    );
  const good = checked.filter(({ verdict }) => verdict === 'good').length;
  return (
    <>
      <p class="small" role="status" data-checked={`${good}/${checked.length}`}>
        {good === checked.length
          ? say('console.log.all-good', { count: good })
          : say('console.log.some-good', { good, count: checked.length })}
      </p>
      <ol class="log">
        {checked.map((one, i) => (
          <LogLine key={one.index ?? `no ${i}`} one={one} />
        ))}
      </ol>
    </>
  );
}

function LogLine({ one }: { readonly one: CheckedLine }) {
  const { say, dates } = useWords();
  const { line, index, verdict } = one;
  const kind = verdict === 'good' ? 'good' : verdict === 'waiting' || verdict === 'no-key' ? 'open' : 'bad';
  return (
    <li data-line={line?.kind ?? 'unread'} data-verdict={verdict}>
      <b>{line ? say(`console.log.kind.${line.kind}`) : say('console.log.unread')}</b>
      <p class="small">
        {index !== null && `${say('console.log.place', { index: index + 1 })} · `}
        {line && `${say(`console.log.by.${bodyWord(line.body)}`)} · ${dates.moment(line.at * 1000)}`}
      </p>
      {line && <Fields line={line} />}
      <Mark kind={kind}>{say(`console.log.verdict.${verdict}`)}</Mark>
    </li>
  );
}

const bodyWord = (body: string): 'register' | 'authority' | 'issuer' =>
  body === 'register' || body === 'authority' ? body : 'issuer';

/** Hashes shortened to what the eye compares, counts and days as they are. */
function Fields({ line }: { readonly line: Line }) {
  const entries = Object.entries(line.fields);
  return (
    <p class="small quiet num fields">
      {entries.map(([name, value]) => (
        <span key={name}>
          {name} {value instanceof Uint8Array ? `${toHex(value).slice(0, 12)}…` : String(value)}{' '}
        </span>
      ))}
    </p>
  );
}
