import type { Gate } from '../model.ts';
import { asMs, bytesInWords, clockTime, dayInWords } from './when.ts';
import { word } from './words.ts';

/** What this device knows of itself, one fact a line, each with its time where it has one. */
export function DeviceFactsList({ gate }: { readonly gate: Gate }) {
  const facts = gate.facts?.value ?? null;
  const venue = gate.venue.value;
  const checked = facts?.rules?.confirmedAtMs ?? null;
  const rows: (readonly [string, string])[] = [
    [
      word(gate, 'more.waiting'),
      word(gate, 'more.waiting-count', { waiting: gate.waiting.value, confirmed: gate.confirmed.value }),
    ],
  ];
  if (venue) {
    const name = word(gate, 'venue.at', { venue: venue.name, gate: venue.gateName });
    rows.unshift([word(gate, 'more.device'), name]);
  }
  if (facts) {
    const rules = facts.rules;
    rows.push([
      word(gate, 'more.rules'),
      rules === null || checked === null
        ? word(gate, 'more.rules-none')
        : word(gate, 'more.rules-number', {
            number: rules.number,
            date: dayInWords(gate, asMs(checked)),
            time: clockTime(gate, asMs(checked)).slice(0, 5),
          }),
    ]);
    rows.push([word(gate, 'more.clock'), clockFact(gate, facts.clockOffsetMs)]);
    if (facts.log)
      rows.push([
        word(gate, 'more.log'),
        facts.log.isSplit
          ? word(gate, 'more.log-split')
          : word(gate, 'more.log-lines', { count: facts.log.lines }),
      ]);
    const storage = [word(gate, facts.persisted ? 'more.protected' : 'more.unprotected')];
    if (facts.usedBytes !== null)
      storage.push(word(gate, 'more.used', { used: bytesInWords(facts.usedBytes) }));
    storage.push(word(gate, facts.installed ? 'more.installed' : 'more.not-installed'));
    rows.push([word(gate, 'more.storage'), storage.join(' · ')]);
    if (facts.gateKey !== null) rows.push([word(gate, 'more.device-key'), facts.gateKey]);
  }
  return (
    <section class="part">
      <dl class="facts-list num">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function clockFact(gate: Gate, offsetMs: number | null): string {
  if (offsetMs === null) return word(gate, 'clock.unknown');
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return seconds < 2 ? word(gate, 'more.clock-right') : word(gate, 'more.clock-off', { seconds });
}
