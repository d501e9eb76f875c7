import { Button } from '@munjigi/ui/elements';
import type { Demo } from '../demo.ts';
import type { Server } from '../story.ts';
import { type Language, say } from '../texts.ts';
import { Answer, NowLine } from './Answer.tsx';
import { Closing } from './Closing.tsx';

/** Requests a second that fill a bar: about what one server has while the guests are let in. */
const FULL = 10;
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
      <Servers demo={demo} />
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

/** A bar for each server, or why there is one of three. */
function Servers({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const { servers = [], service = 'starting', alone = null } = demo.state.value ?? {};
  return (
    <div class="servers" data-demo="servers" data-service={service}>
      {servers.map((server) => (
        <Bar key={server.name} server={server} language={language} />
      ))}
      {alone !== null && (
        <p class="one-server" data-demo="alone">
          {say(language, `register.one.${alone}`)} {say(language, 'register.three')}
        </p>
      )}
    </div>
  );
}

function Bar({ server, language }: { readonly server: Server; readonly language: Language }) {
  const { name, state, requestsPerSecond, led } = server;
  const dead = state === 'stopped';
  const full = requestsPerSecond === 0 ? 0 : Math.max(2, Math.min(100, (requestsPerSecond / FULL) * 100));
  return (
    <div
      class={`server${dead ? ' dead' : led ? ' led' : ''}`}
      data-demo="server"
      data-service={state}
      data-led={led}
    >
      <span class="num">{say(language, 'register.server', { name })}</span>
      <span class="bar">{!dead && <i style={{ width: `${full}%` }} />}</span>
      <span class="num">
        {state === 'running'
          ? say(language, 'register.load', { n: requestsPerSecond })
          : say(language, dead ? 'register.stopped' : 'register.starting')}
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
