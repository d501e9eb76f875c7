import type { Completeness } from '@munjigi/core/case';
import { Icon, S } from '@munjigi/ui/elements';
import { readList, type TraceList } from '../../engine/case-calls.ts';
import type { ReadCase } from '../../engine/cases.ts';
import { Await, Mark, Wide } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** The list of a case: how complete it is first, then whom to call, then what was set apart. */
export function TraceListView({ one }: { readonly one: ReadCase }) {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked(`list/${one.id}`, () => readList(app, one.id));
  return (
    <section class="trace">
      <header>
        <h2>{say('console.list.headline')}</h2>
        <a class="btn" href={app.desk.file(`cases/${one.id}/list.csv`)} download>
          <Icon name="arrow-down-to-line" />
          {say('console.list.csv')}
        </a>
      </header>
      <Await asked={asked}>
        {(list) => {
          const [found, apart, rest] = split(list.rows);
          return (
            <>
              <p class="completeness" data-completeness>
                <CompletenessLine completeness={list.completeness} />
              </p>
              <p class="quiet">
                <S text={say('console.list.dwell', { minutes: list.dwellMinutes })} />
              </p>
              <Rows rows={found} caption={say('console.list.found')} />
              {apart.length > 0 && (
                <>
                  <h3>{say('console.list.apart', { count: apart.length })}</h3>
                  <p class="small quiet">
                    <S text={say('console.list.apart-text')} />
                  </p>
                  <Rows rows={apart} caption={say('console.list.apart-caption')} />
                </>
              )}
              {rest.length > 0 && (
                <>
                  <h3>{say('console.list.rest', { count: rest.length })}</h3>
                  <Rows rows={rest} caption={say('console.list.rest-caption')} />
                </>
              )}
            </>
          );
        }}
      </Await>
    </section>
  );
}

type Row = TraceList['rows'][number];

const split = (rows: readonly Row[]): readonly [Row[], Row[], Row[]] => [
  rows.filter(({ state }) => state === 'resolved' || state === 'direct'),
  rows.filter(({ state }) => state === 'apart'),
  rows.filter(({ state }) => !['resolved', 'direct', 'apart'].includes(state)),
];

/** "82 by scan, 12 by call, 1 sheet not yet typed …": only what is not nothing is said. */
function CompletenessLine({ completeness }: { readonly completeness: Completeness }) {
  const { say } = useWords();
  const { entries, byRecord, ...others } = completeness;
  const said = [
    ...Object.entries(byRecord).map(([record, count]) => [`record.${record}`, count] as const),
    ...Object.entries(others),
  ].filter(([, count]) => count > 0);
  return (
    <>
      <b>{say('console.list.entries', { count: entries })}</b>{' '}
      {said.flatMap(([word, count], i) => [
        <span class="s" key={word}>
          {say(`console.list.of.${word as 'apart'}`, { count })}
          {i < said.length - 1 ? ',' : ''}
        </span>,
        ' ',
      ])}
    </>
  );
}

interface RowsProps {
  readonly rows: readonly Row[];
  readonly caption: string;
}

function Rows({ rows, caption }: RowsProps) {
  const { say, dates } = useWords();
  return (
    <Wide label={caption}>
      <table>
        <caption class="off-screen">{caption}</caption>
        <thead>
          <tr>
            {(['came', 'stayed', 'who', 'contact', 'how'] as const).map((column) => (
              <th key={column} scope="col">
                {say(`console.list.col.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i} data-state={row.state}>
              <td class="num">{dates.clock(row.enteredAt * 1000)}</td>
              <td class="num quiet">{dates.clock(row.stayedUntil * 1000)}</td>
              <td>
                {row.person ? (
                  <>
                    <b>{row.person.name}</b> <span class="num quiet">{row.person.birthDate}</span>
                  </>
                ) : (
                  <span class="quiet">{say(`console.list.state.${row.state}`)}</span>
                )}
              </td>
              <td class="num">{row.contact ?? ''}</td>
              <td>
                <span>{say(`console.record.${row.record}`)}</span>
                {row.proof === 'presence' && <Mark kind="good">{say('console.list.present')}</Mark>}
                {row.why && <Mark kind="open">{say(`console.list.why.${row.why}`)}</Mark>}
                {row.marks.map((mark) => (
                  <Mark key={mark} kind="open">
                    {say(`console.mark.${mark}`)}
                  </Mark>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
