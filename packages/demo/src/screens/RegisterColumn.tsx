import { Button } from '@munjigi/ui/elements';
import type { Demo } from '../demo.ts';
import { say } from '../texts.ts';
import { Answer, NowLine } from './Answer.tsx';
import { Closing } from './Closing.tsx';

/** Full load of the bar: more requests a second than the demonstration ever makes. */
const FULL = 20;
const SHOWN = 6;

/** Right: what the register sees, or, asked for, what counts right now. */
export function RegisterColumn({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const service = demo.state.value?.service ?? 'starting';
  const away = service !== 'running';
  const isClosing = demo.closing.value && demo.state.value?.phase === 'recovered';
  if (demo.answer.value) {
    return (
      <section class="col register" aria-label={say(language, 'button.now')}>
        <Answer demo={demo} />
        <Buttons demo={demo} />
      </section>
    );
  }
  return (
    <section class="col register" aria-label={say(language, 'register.title')}>
      <h2>
        {say(language, 'register.title')}
        <span class={away ? 'dead' : ''}>{say(language, away ? 'register.silent' : 'register.names')}</span>
      </h2>
      <Server demo={demo} />
      {demo.story.value && !isClosing && <p class="one-server">{say(language, 'register.one')}</p>}
      <dl class="totals">
        <div>
          <dt>{say(language, 'register.confirmed')}</dt>
          <dd class="num" data-demo="confirmed">
            {demo.total.value}
          </dd>
        </div>
        <div>
          <dt>{say(language, 'register.saved')}</dt>
          <dd class="num" data-demo="saved">
            {demo.waiting.value}
          </dd>
        </div>
      </dl>
      {isClosing ? <Closing demo={demo} /> : <Rows demo={demo} />}
      {demo.state.value?.phase === 'stopped' && <NowLine demo={demo} />}
      <Buttons demo={demo} />
    </section>
  );
}

function Server({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const { service = 'starting', requestsPerSecond = 0 } = demo.state.value ?? {};
  const dead = service === 'stopped';
  return (
    <div class={`server${dead ? ' dead' : ''}`} data-demo="server" data-service={service}>
      <span>{say(language, 'register.server')}</span>
      <span class="bar">
        {!dead && <i style={{ width: `${Math.max(2, Math.min(100, (requestsPerSecond / FULL) * 100))}%` }} />}
      </span>
      <span class="num">
        {dead
          ? say(language, 'register.stopped')
          : service === 'starting'
            ? say(language, 'register.starting')
            : say(language, 'register.load', { n: requestsPerSecond })}
      </span>
    </div>
  );
}

function Rows({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const timeZone = demo.documents.policy.value?.timeZone ?? 'UTC';
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' });
  const newest = [...demo.rows.value].sort((a, b) => b.at - a.at || b.counter - a.counter).slice(0, SHOWN);
  return (
    <table>
      <thead>
        <tr>
          <th>{say(language, 'register.time')}</th>
          <th>{say(language, 'register.box')}</th>
          <th>{say(language, 'register.record')}</th>
        </tr>
      </thead>
      <tbody data-demo="rows">
        {newest.map((row) => (
          <tr key={`${row.gateNo}/${row.counter}`}>
            <td class="num">{clock.format(row.at * 1000)}</td>
            <td class="box">{`${row.box.slice(0, 4)}…${row.box.slice(-2)}`}</td>
            <td>{say(language, row.confirmed ? 'register.confirmed' : 'register.saved')}</td>
          </tr>
        ))}
        {newest.length === 0 && (
          <tr>
            <td colSpan={3} class="quiet">
              {say(language, 'register.empty')}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** The story's next step is the large button. */
function Buttons({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const story = demo.story.value;
  const phase = demo.state.value?.phase;
  const count = story?.guests.people.length ?? 30;
  const busy = demo.busy.value !== '';
  const guestsLeft = demo.guestsDone.value < count;
  const guests = (
    <Button
      class="wide"
      data-demo="guests"
      disabled={busy || !demo.guestsReady.value}
      onClick={() => void demo.admitGuests()}
    >
      {story?.guests.button[language] ?? say(language, 'guests.button', { n: count })}
    </Button>
  );
  const now = (
    <Button class="wide" data-demo="now" onClick={() => (demo.answer.value = !demo.answer.value)}>
      {say(language, demo.answer.value ? 'answer.back' : 'button.now')}
    </Button>
  );
  const first = (name: string, label: string, press: () => Promise<void>) => (
    <Button kind="first" class="wide" data-demo={name} disabled={busy} onClick={() => void press()}>
      {label}
    </Button>
  );
  return (
    <div class="go">
      {phase === 'stopped'
        ? first('recover', story?.recovery.button[language] ?? say(language, 'button.start'), () =>
            demo.recover(),
          )
        : phase === 'recovered'
          ? first('again', say(language, 'button.again'), () => demo.begin())
          : first('stop', story?.outage.button[language] ?? say(language, 'button.stop'), () => demo.stop())}
      {phase === 'stopped' && guestsLeft && !demo.answer.value ? guests : now}
    </div>
  );
}
