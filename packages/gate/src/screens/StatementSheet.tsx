import type { CheckedStatement, Statement } from '@munjigi/core/statement';
import type { ComponentChildren } from 'preact';
import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { Title } from './Title.tsx';
import { clockTime, dayInWords, stretch } from './when.ts';
import { packText, word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly checked: CheckedStatement;
  /** True where it was read from another device. */
  readonly foreign: boolean;
  /** What this device counted of kinds of proof seen by eye; it is not in the code. */
  readonly seen?: Readonly<Record<string, number>> | undefined;
}

/** A statement as a page: what was unreachable when, who was let in meanwhile, what it proves and what not. */
export function StatementSheet({ gate, checked, foreign, seen = {} }: Props) {
  const { statement } = checked;
  const { saved, cancelled, confirmed, notSaved } = statement;
  const entries = [word(gate, 'statement.saved', { count: saved, confirmed })];
  if (cancelled > 0) entries.push(word(gate, 'statement.cancelled', { count: cancelled }));
  if (notSaved > 0) entries.push(word(gate, 'statement.not-saved', { count: notSaved }));
  const rows: (readonly [string, ComponentChildren])[] = [
    [word(gate, 'statement.venue'), `${statement.venueName} · ${statement.gateName}`],
    [word(gate, 'statement.unreachable'), unreachable(gate, statement)],
    [word(gate, 'statement.guests'), guests(gate, statement)],
    ...(Object.keys(seen).length > 0
      ? ([[word(gate, 'statement.seen'), kindsSeen(gate, seen)]] as const)
      : []),
    [word(gate, 'statement.entries'), entries.join(' · ')],
    [word(gate, 'statement.counted'), counted(gate, statement)],
    [word(gate, 'statement.device'), device(gate, checked)],
  ];
  return (
    <section class="sheet">
      <p class="kind">
        {word(
          gate,
          foreign
            ? checked.gate === 'known'
              ? 'statement.genuine'
              : 'statement.unconfirmed'
            : 'statement.headline',
        )}
      </p>
      <Title>{stretch(gate, statement.from, statement.ongoing ? null : statement.to)}</Title>
      <dl class="facts-list num">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {foreign && <Limits gate={gate} />}
    </section>
  );
}

/** What a statement proves, and what not. */
export function Limits({ gate }: { readonly gate: Gate }) {
  return (
    <div class="limits quiet">
      <p>
        <Say text={word(gate, 'statement.proves')} />
      </p>
      <p>
        <Say text={word(gate, 'statement.proves-not')} />
      </p>
    </div>
  );
}

function unreachable(gate: Gate, { spans }: Statement) {
  return spans.map(({ what, from, to }) => (
    <p key={`${what} ${from}`}>{`${word(gate, `statement.${what}`)} ${stretch(gate, from, to, 'time')}`}</p>
  ));
}

function guests(gate: Gate, { checks }: Statement): string {
  const named = [
    ['scan', checks.scan],
    ['eye', checks.eye],
    ['verbal', checks.verbal],
    ['not-required', checks.notRequired],
    ['not-made', checks.notMade],
  ] as const;
  const some = named.filter(([, count]) => count > 0);
  if (some.length === 0) return word(gate, 'statement.no-guests');
  return some.map(([check, count]) => word(gate, `statement.check-${check}`, { count })).join(' · ');
}

/** Kinds of proof with their counts, in the pack's order; one that the pack has no more is shown by its name. */
function kindsSeen(gate: Gate, seen: Readonly<Record<string, number>>): string {
  const order = (gate.shown?.value ?? []).map(({ id }) => id);
  const place = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return Object.entries(seen)
    .sort(([one], [other]) => place(one) - place(other))
    .map(([kind, count]) => `${packText(gate, `shown.${kind}.label`, {}, kind)} ${count}`)
    .join(' · ');
}

/** The sentences that counted, each with its time, by the pack held here; a notice of another pack is shown by its name. */
function counted(gate: Gate, { counted: held, to, ongoing }: Statement) {
  if (held.length === 0) return word(gate, 'statement.counted-none');
  return held.map(({ notice, from }, i) => {
    const until = held[i + 1]?.from ?? (ongoing ? null : to);
    const said =
      notice === null
        ? word(gate, 'statement.counted-usual')
        : packText(gate, `notice.${notice}.owner.headline`, {}, notice);
    return <p key={`${notice} ${from}`}>{`${stretch(gate, from, until, 'time')} ${said}`}</p>;
  });
}

function device(gate: Gate, { gate: standing, receivedAtMs, receivedUpTo }: CheckedStatement): string {
  if (standing === 'unconfirmed' || receivedAtMs === null) return word(gate, 'statement.device-unconfirmed');
  return word(gate, 'statement.device-known', {
    date: dayInWords(gate, receivedAtMs),
    time: clockTime(gate, receivedAtMs).slice(0, 5),
    number: receivedUpTo ?? 0,
  });
}
