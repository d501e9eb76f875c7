import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import {
  useSheet as layOut,
  openSheets,
  pagesOf,
  printSheets,
  readSheets,
  type SheetLine,
  type SheetList,
  sheetsDestroyed,
} from '../../engine/sheets.ts';
import { readVenue } from '../../engine/venue-calls.ts';
import { Await, Field, LinkButton, Mark, Page, Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

/** What is open of a venue's paper, in a few lines: the reminder on the venue's screen. */
export function SheetsBrief({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say } = useWords();
  const list = useAsked(`sheets/${venueId}`, () => readSheets(app, venueId));
  if (!list.value || list.value.lines === 0) return null;
  const { toType, overdue, ready } = openSheets(list.value);
  return (
    <section data-sheets={overdue > 0 ? 'overdue' : toType > 0 ? 'open' : 'none'}>
      <h2>{say('console.sheet.headline')}</h2>
      {overdue > 0 && (
        <p>
          <Mark kind="bad">{say('console.sheet.overdue-count', { count: overdue })}</Mark>
        </p>
      )}
      {toType > 0 && (
        <p>
          <Mark kind="open">{say('console.sheet.open-count', { count: toType })}</Mark>
        </p>
      )}
      <p class="small quiet">
        <S
          text={ready > 0 ? say('console.sheet.ready-count', { count: ready }) : say('console.sheet.none')}
        />
      </p>
      <LinkButton href={`#/venue/${venueId}/sheets`} icon="file-text">
        {say('console.sheet.look-after')}
      </LinkButton>
    </section>
  );
}

/** A venue's sheets of paper: printed ahead, laid out, typed, destroyed. */
export function Sheets({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say } = useWords();
  const venue = useAsked(`venue/${venueId}`, () => readVenue(app, venueId));
  const list = useAsked(`sheets/${venueId}`, () => readSheets(app, venueId));
  return (
    <Page
      title={say('console.sheet.headline')}
      back={{ href: `#/venue/${venueId}`, word: venue.value?.name ?? say('console.place.venues') }}
    >
      <p class="lead">
        <S text={say('console.sheet.text')} />
      </p>
      <div class="columns even">
        <Await asked={list}>{(value) => <Lines venueId={venueId} list={value} again={list.again} />}</Await>
        <aside>
          <Print venueId={venueId} again={list.again} />
        </aside>
      </div>
    </Page>
  );
}

function Print({ venueId, again }: { readonly venueId: number; readonly again: () => void }) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [count, write] = useState('5');
  const [made, show] = useState<readonly number[]>([]);
  const wanted = /^\d{1,2}$/.test(count) ? Number(count) : 0;
  const isPossible = wanted >= 1 && wanted <= 20;
  return (
    <section>
      <h2>{say('console.sheet.print')}</h2>
      <p class="small quiet">
        <S text={say('console.sheet.print-text')} />
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void work.run(async () => {
            show(await printSheets(app, venueId, wanted));
            again();
          });
        }}
      >
        <Field label={say('console.sheet.count')}>
          {(attributes) => (
            <input
              {...attributes}
              inputMode="numeric"
              maxLength={2}
              value={count}
              onInput={(event) => write(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={work.busy || !isPossible}>
          {say('console.sheet.make')}
        </Button>
      </form>
      {made.length > 0 && (
        <p role="status">
          <a
            class="btn first"
            href={pagesOf(app, venueId, made[0]!, made.at(-1)!)}
            target="_blank"
            rel="noreferrer"
          >
            {say('console.sheet.open-pages', { from: made[0]!, to: made.at(-1)! })}
          </a>
        </p>
      )}
      <Problem error={work.failed} />
    </section>
  );
}

function Lines(props: { readonly venueId: number; readonly list: SheetList; readonly again: () => void }) {
  const { venueId, list, again } = props;
  const { say } = useWords();
  const kept = list.sheets.filter(({ state }) => state !== 'destroyed');
  if (kept.length === 0) return <p class="quiet">{say('console.sheet.none')}</p>;
  const overdueFirst = [...kept].sort((a, b) => Number(b.overdue) - Number(a.overdue));
  return (
    <ul class="gates">
      {overdueFirst.map((sheet) => (
        <Line key={sheet.sheetNo} venueId={venueId} sheet={sheet} today={list.today} again={again} />
      ))}
    </ul>
  );
}

function Line(props: {
  readonly venueId: number;
  readonly sheet: SheetLine;
  readonly today: string;
  readonly again: () => void;
}) {
  const { venueId, sheet, today, again } = props;
  const { sheetNo, state, day, overdue, keepUntil, typed } = sheet;
  const app = useConsole();
  const { say, dates } = useWords();
  const work = useWork();
  const [sure, ask] = useState(false);
  const isOwner = app.session.who.value?.roles.includes('owner') ?? false;
  const number = say('console.sheet.number', { number: sheetNo });
  const of = <span class="off-screen"> {number}</span>;
  const run = (doing: () => Promise<unknown>) =>
    void work.run(async () => {
      await doing();
      again();
    });
  return (
    <li data-sheet={sheetNo} data-state={overdue ? 'overdue' : state}>
      <b>
        {number}{' '}
        {overdue ? (
          <Mark kind="bad">{say('console.sheet.overdue')}</Mark>
        ) : (
          <Mark kind={state === 'transcribed' ? 'good' : 'open'}>{say(`console.sheet.state.${state}`)}</Mark>
        )}
      </b>
      {day !== null && (
        <p>
          {say('console.sheet.of-day', { day: dates.ofPlainDay(day), count: typed.length })}
          {keepUntil !== null &&
            ` · ${say('console.sheet.keep-until', { day: dates.ofPlainDay(keepUntil) })}`}
        </p>
      )}
      <div class="row">
        {!overdue && (
          <LinkButton href={`#/venue/${venueId}/sheet/${sheetNo}`}>
            {say('console.sheet.type')}
            {of}
          </LinkButton>
        )}
        {state === 'printed' && (
          <Button
            kind="plain"
            disabled={work.busy}
            onClick={() => run(() => layOut(app, venueId, sheetNo, today))}
          >
            {say('console.sheet.use-today')}
            {of}
          </Button>
        )}
        {state === 'printed' && (
          <a
            class="btn plain"
            href={pagesOf(app, venueId, sheetNo, sheetNo)}
            target="_blank"
            rel="noreferrer"
          >
            {say('console.sheet.print-again')}
            {of}
          </a>
        )}
        {isOwner && (overdue || state !== 'in-use') && (
          <Button
            kind="plain"
            disabled={work.busy}
            onClick={() => (sure ? run(() => sheetsDestroyed(app, venueId, [sheetNo])) : ask(true))}
          >
            {sure ? say('console.sheet.destroyed-sure') : say('console.sheet.destroyed')}
            {of}
          </Button>
        )}
      </div>
      <Problem error={work.failed} />
    </li>
  );
}
