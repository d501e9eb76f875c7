import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { readGates } from '../../engine/operations.ts';
import type { GateLine } from '../../engine/venues.ts';
import { Await, Mark, Page, Wide } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** Every gate on one screen: rules it has, what waits on it, its version, its last receipt. Those that want a look first. */
export function Gates() {
  const app = useConsole();
  const { say } = useWords();
  const [after, setAfter] = useState<number | null>(null);
  const asked = useAsked(`gates/${after}`, () => readGates(app, after));
  const inUse = app.world.value.bundle?.sequence ?? null;
  return (
    <Page title={say('console.place.gates')}>
      <p class="lead">
        <S text={say('console.gates.text')} />
      </p>
      <Await asked={asked}>
        {({ gates, next }) =>
          gates.length === 0 ? (
            <p>{say('console.gate.none')}</p>
          ) : (
            <>
              <Wide label={say('console.place.gates')}>
                <table class="gates-table">
                  <thead>
                    <tr>
                      {(['gate', 'state', 'receipt', 'queue', 'rules', 'version'] as const).map((column) => (
                        <th key={column} scope="col">
                          {say(`console.gates.col.${column}`)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {[...gates]
                      .sort((a, b) => urgency(b, inUse) - urgency(a, inUse))
                      .map((gate) => (
                        <GateLineRow key={`${gate.venueId}/${gate.gateNo}`} gate={gate} inUse={inUse} />
                      ))}
                  </tbody>
                </table>
              </Wide>
              {next !== null && <Button onClick={() => setAfter(next)}>{say('console.gates.more')}</Button>}
            </>
          )
        }
      </Await>
    </Page>
  );
}

const behind = ({ report }: GateLine, inUse: number | null): boolean =>
  report !== null && inUse !== null && report.bundleSequence < inUse;

function urgency(gate: GateLine, inUse: number | null): number {
  if (gate.state === 'revoked') return -1;
  return (gate.forked ? 4 : 0) + (gate.state === 'unconfirmed' ? 2 : 0) + (behind(gate, inUse) ? 1 : 0);
}

function GateLineRow({ gate, inUse }: { readonly gate: GateLine; readonly inUse: number | null }) {
  const { say, dates } = useWords();
  const { report } = gate;
  const kind =
    gate.state === 'confirmed' && !gate.forked ? 'good' : gate.state === 'revoked' ? 'bad' : 'open';
  return (
    <tr>
      <th scope="row">
        {gate.venueName} <span class="quiet">{`${gate.gateNo} · ${gate.name}`}</span>
      </th>
      <td>
        <Mark kind={kind}>
          {say(gate.forked ? 'console.gate.forked' : `console.gate.state.${gate.state}`)}
        </Mark>
      </td>
      <td class="num">
        {gate.lastReceiptMs === null ? say('console.gate.never') : dates.moment(gate.lastReceiptMs)}
      </td>
      <td class="num">{report ? report.pending : say('console.count.unknown')}</td>
      <td>
        {report ? (
          <Mark kind={behind(gate, inUse) ? 'open' : 'good'}>
            {say(behind(gate, inUse) ? 'console.gates.rules-behind' : 'console.gates.rules', {
              number: report.bundleSequence,
              inUse: inUse ?? 0,
            })}
          </Mark>
        ) : (
          say('console.count.unknown')
        )}
      </td>
      <td class="num">{report?.app ?? say('console.count.unknown')}</td>
    </tr>
  );
}
