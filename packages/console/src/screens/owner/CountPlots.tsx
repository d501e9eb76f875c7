import { S } from '@munjigi/ui/elements';
import { byCheck, type Counts, dayBars, hourBars, sumOf } from '../../engine/venues.ts';
import { Plot } from '../../plots/Plot.tsx';
import { type Count, countWord, hoursShown } from '../../plots/scale.ts';
import { useConsole, useWords } from '../use.ts';

const DAYS = 14;

interface Props {
  readonly counts: Counts;
  /** Up to when the register knows the venue, milliseconds; null where it has never heard a gate. */
  readonly untilMs: number | null;
}

/** Counts of a venue: today's hours, and fourteen days. What is not known is never drawn as nothing. */
export function CountPlots({ counts, untilMs }: Props) {
  const { say, dates } = useWords();
  const app = useConsole();
  const today = dates.plainDay(app.world.value.now());
  const startMs = dates.instantOf(`${today}T00:00`);
  const hours = hourBars(counts, startMs, untilMs);
  const isToday = untilMs !== null && dates.plainDay(untilMs) === today;
  const upTo = isToday && untilMs !== null ? dates.clock(untilMs) : null;
  const words = {
    hidden: say('console.count.hidden-word'),
    unknown: say('console.count.unknown'),
    atLeast: (count: number) => say('console.count.at-least', { count }),
  };
  const sum = sumOf(counts.hours.filter(({ at }) => dates.plainDay(at * 1000) === today));
  const some = upTo !== null || (sum.told ?? 0) > 0 || sum.hidden;
  const known = untilMs === null ? 0 : Math.max(0, (untilMs - startMs) / 3_600_000);
  return (
    <>
      <dl class="figures">
        <Figure name={say('console.count.today')} count={some ? sum : null} words={words}>
          {upTo === null ? say('console.count.nothing-yet') : say('console.count.up-to', { time: upTo })}
        </Figure>
        {byCheck(counts, today)
          .filter(({ told, hidden }) => hidden || (told ?? 0) > 0)
          .map(({ check, ...count }) => (
            <Figure key={check} name={say(`console.check.${check as 'scan'}`)} count={count} words={words} />
          ))}
      </dl>
      <Hours hours={hours} known={known} upTo={upTo} counts={counts} words={words} sum={sum} today={today} />
      <Days counts={counts} words={words} today={today} untilMs={untilMs} />
      <p class="small quiet">
        <S text={say('console.count.hidden-why')} />
      </p>
    </>
  );
}

type Words = Parameters<typeof countWord>[1];

function Figure(props: {
  readonly name: string;
  readonly count: Count | null;
  readonly words: Words;
  readonly children?: string;
}) {
  const { say } = useWords();
  const { name, count, words } = props;
  const isNumber = count !== null && count.told !== null && !(count.hidden && count.told === 0);
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">
        {isNumber ? count.told : <span class="unknown">{count ? words.hidden : words.unknown}</span>}
        {isNumber && <small>{say(count.hidden ? 'console.count.unit-or-more' : 'console.count.unit')}</small>}
      </dd>
      {props.children && <dd class="note">{props.children}</dd>}
    </div>
  );
}

interface HoursProps {
  readonly hours: ReturnType<typeof hourBars>;
  readonly known: number;
  readonly upTo: string | null;
  readonly counts: Counts;
  readonly words: Words;
  readonly sum: Count;
  readonly today: string;
}

function Hours({ hours, known, upTo, counts, words, sum, today }: HoursProps) {
  const { say, dates } = useWords();
  const { world } = useConsole();
  const range = hoursShown(hours);
  const [first, last] = range;
  const hourWord = (hour: number) => say('console.count.hour', { hour });
  const every = last - first > 16 ? 4 : 2;
  const peak = hours.reduce((high, bar) => ((bar.told ?? 0) > (high.told ?? 0) ? bar : high));
  const isLate = hours.some(({ late }) => late > 0);
  const hourOf = (ms: number) => (ms - dates.instantOf(`${today}T00:00`)) / 3_600_000;
  return (
    <Plot
      title={say('console.count.by-hour')}
      summary={say('console.count.by-hour-summary', {
        day: dates.ofPlainDay(today),
        sum: countWord(sum, words),
        peak: (peak.told ?? 0) > 0 ? hourWord(peak.at) : words.unknown,
        upTo: upTo ?? words.unknown,
      })}
      bars={hours}
      range={range}
      labels={Array.from({ length: last - first }, (_, i) => first + i)
        .filter((hour) => (hour - first) % every === 0)
        .map((at) => ({ at, word: hourWord(at) }))}
      upTo={known}
      {...(upTo ? { upToWord: say('console.count.up-to', { time: upTo }) } : {})}
      outages={(counts.outages ?? [])
        .filter(({ fromMs }) => dates.plainDay(fromMs) === today)
        .map(({ fromMs, untilMs }) => ({
          from: hourOf(fromMs),
          until: hourOf(untilMs ?? world.value.now()),
          word: say('console.count.outage', { time: dates.clock(fromMs) }),
        }))}
      hiddenWord={words.hidden}
      legend={
        <>
          {isLate && <span class="key">{say('rail.confirmed')}</span>}
          {isLate && <span class="key hatch">{say('console.count.late')}</span>}
          {hours.some(({ hidden }) => hidden) && <span class="key few">{words.hidden}</span>}
        </>
      }
      table={{
        word: say('console.count.as-table'),
        head: [say('console.count.col-hour'), say('console.count.col-all')],
        rows: hours
          .filter(({ at }) => at >= first && at < last)
          .map((bar) => [hourWord(bar.at), countWord(bar, words)]),
      }}
    />
  );
}

interface DaysProps {
  readonly counts: Counts;
  readonly words: Words;
  readonly today: string;
  readonly untilMs: number | null;
}

function Days({ counts, words, today, untilMs }: DaysProps) {
  const { say, dates } = useWords();
  const days = Array.from({ length: DAYS }, (_, i) => dates.daysLater(today, i - DAYS + 1));
  const lastKnown = untilMs === null ? null : dates.plainDay(untilMs);
  const bars = dayBars(counts, days, lastKnown);
  const first = days[0] ?? today;
  const known = lastKnown === null ? 0 : days.filter((day) => day <= lastKnown).length;
  return (
    <Plot
      title={say('console.count.by-day', { count: DAYS })}
      summary={say('console.count.by-day-summary', {
        from: dates.ofPlainDay(first),
        until: dates.ofPlainDay(today),
        sum: countWord(sumOf(counts.days), words),
      })}
      bars={bars}
      range={[0, DAYS]}
      labels={days
        .map((day, at) => ({ at: at + 0.5, word: say('console.count.day', { day: Number(day.slice(8)) }) }))
        .filter((_, at) => at % 2 === (DAYS + 1) % 2)}
      upTo={known}
      hiddenWord={words.hidden}
      height={200}
      table={{
        word: say('console.count.as-table'),
        head: [say('console.count.col-day'), say('console.count.col-all')],
        rows: bars.map((bar) => {
          const day = days[bar.at] ?? today;
          return [`${dates.ofPlainDay(day)} (${dates.weekdayOf(day)})`, countWord(bar, words)];
        }),
      }}
    />
  );
}
