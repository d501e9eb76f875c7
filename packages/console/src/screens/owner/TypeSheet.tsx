import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import {
  kindOf,
  readSheets,
  type SheetLine,
  type SheetList,
  type TypedLine,
  typeSheet,
} from '../../engine/sheets.ts';
import { Await, Field, Mark, Page, Problem, Wide } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

/** Copies what stands on a sheet into the register, line by line. */
export function TypeSheet({ venueId, sheetNo }: { readonly venueId: number; readonly sheetNo: number }) {
  const app = useConsole();
  const { say } = useWords();
  const list = useAsked(`sheets/${venueId}`, () => readSheets(app, venueId));
  return (
    <Page
      title={say('console.sheet.number', { number: sheetNo })}
      back={{ href: `#/venue/${venueId}/sheets`, word: say('console.sheet.headline') }}
    >
      <p class="lead">
        <S text={say('console.sheet.type-text')} />
      </p>
      <Await asked={list}>
        {(value) => {
          const sheet = value.sheets.find((one) => one.sheetNo === sheetNo);
          if (!sheet) return <p>{say('console.sheet.unknown')}</p>;
          return <Grid venueId={venueId} sheet={sheet} list={value} again={list.again} />;
        }}
      </Await>
    </Page>
  );
}

interface Cell {
  readonly time: string;
  readonly value: string;
  readonly seen: boolean;
}
const EMPTY: Cell = { time: '', value: '', seen: false };

function Grid(props: {
  readonly venueId: number;
  readonly sheet: SheetLine;
  readonly list: SheetList;
  readonly again: () => void;
}) {
  const { venueId, sheet, list, again } = props;
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [day, setDay] = useState(sheet.day ?? list.today);
  const [cells, write] = useState<Readonly<Record<number, Cell>>>({});
  const [results, setResults] = useState<Readonly<Record<number, TypedLine['result']>>>({});
  const [finished, finish] = useState(false);
  const change = (line: number, part: Partial<Cell>) =>
    write((old) => ({ ...old, [line]: { ...(old[line] ?? EMPTY), ...part } }));
  const send = (done: boolean) =>
    work.run(async () => {
      const lines = Object.entries(cells)
        .filter(([, { time, value }]) => time !== '' || value !== '')
        .map(([line, { time, value, seen }]) => ({
          line: Number(line),
          time,
          kind: kindOf(value.trim()),
          value: value.trim(),
          check: seen ? ('eye' as const) : ('not-made' as const),
        }));
      const told = await typeSheet(app, venueId, sheet.sheetNo, { day, lines, done });
      setResults((old) => ({ ...old, ...Object.fromEntries(told.map((one) => [one.line, one.result])) }));
      // What is stored does not stay on the screen.
      write((old) =>
        Object.fromEntries(
          Object.entries(old).filter(([line]) =>
            told.some((one) => one.line === Number(line) && one.result === 'wrong'),
          ),
        ),
      );
      finish(done && told.every(({ result }) => result !== 'wrong'));
      again();
    });
  return (
    <form
      class="sheet-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(true);
      }}
    >
      <Field label={say('console.sheet.day')}>
        {(attributes) => (
          <input
            {...attributes}
            type="date"
            max={list.today}
            value={day}
            disabled={sheet.day !== null}
            onInput={(event) => setDay(event.currentTarget.value)}
          />
        )}
      </Field>
      <Wide label={say('console.sheet.lines')}>
        <table class="sheet-lines">
          <thead>
            <tr>
              <th scope="col">{say('console.sheet.line')}</th>
              <th scope="col">{say('console.sheet.time')}</th>
              <th scope="col">{say('console.sheet.contact')}</th>
              <th scope="col">{say('console.sheet.seen')}</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: sheet.lines }, (_, i) => i + 1).map((line) => {
              const cell = cells[line] ?? EMPTY;
              const result = results[line];
              const isHere = sheet.typed.includes(line);
              const name = (part: string) => `${sheet.sheetNo}-${line} ${part}`;
              return (
                <tr key={line} data-line={line} data-result={result ?? (isHere ? 'already-stored' : '')}>
                  <th scope="row" class="num">
                    {sheet.sheetNo}-{line}
                  </th>
                  {isHere ? (
                    <td colSpan={3}>
                      <Mark kind="good">
                        {say(`console.sheet.result.${result === 'stored' ? 'stored' : 'already-stored'}`)}
                      </Mark>
                    </td>
                  ) : (
                    <>
                      <td>
                        <input
                          type="time"
                          aria-label={name(say('console.sheet.time'))}
                          value={cell.time}
                          onInput={(event) => change(line, { time: event.currentTarget.value })}
                        />
                      </td>
                      <td>
                        <input
                          aria-label={name(say('console.sheet.contact'))}
                          aria-invalid={result === 'wrong'}
                          autocomplete="off"
                          maxLength={40}
                          value={cell.value}
                          onInput={(event) => change(line, { value: event.currentTarget.value })}
                        />
                        {result && result !== 'stored' && (
                          <p class="help">{say(`console.sheet.result.${result}`)}</p>
                        )}
                      </td>
                      <td>
                        <label class="tick">
                          <input
                            type="checkbox"
                            aria-label={name(say('console.sheet.seen'))}
                            checked={cell.seen}
                            onInput={(event) => change(line, { seen: event.currentTarget.checked })}
                          />
                        </label>
                      </td>
                    </>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
      {finished && <p role="status">{say('console.sheet.finished')}</p>}
      <div class="row">
        <Button type="submit" disabled={work.busy || day === ''}>
          {say('console.sheet.send-all')}
        </Button>
        <Button kind="plain" disabled={work.busy || day === ''} onClick={() => void send(false)}>
          {say('console.sheet.send-some')}
        </Button>
      </div>
      <Problem error={work.failed} />
    </form>
  );
}
