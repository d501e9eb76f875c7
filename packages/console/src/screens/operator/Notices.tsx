import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { noticeTitle, sayable } from '../../engine/incident-calls.ts';
import { publishNotice } from '../../engine/operations.ts';
import { Field, Page, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

/** Says what counts right now: one of the policy's own notices, provisional or confirmed, or the end of one. */
export function Notices() {
  const app = useConsole();
  const { say, language } = useWords();
  const { policy, now } = app.world.value;
  const work = useWork();
  const [notice, setNotice] = useState('');
  const [status, setStatus] = useState<'provisional' | 'confirmed'>('provisional');
  const [done, setDone] = useState<string | null>(null);
  const publish = (name: string | null) =>
    work.run(async () => {
      await publishNotice(app, { notice: name, status: name === null ? 'confirmed' : status });
      setDone(name === null ? say('console.notices.ended') : say('console.notices.done'));
    });
  return (
    <Page title={say('console.place.notices')}>
      <p class="lead">
        <S text={say('console.notices.text')} />
      </p>
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void publish(notice);
        }}
      >
        <Field label={say('console.notices.which')}>
          {(attributes) => (
            <select {...attributes} value={notice} onChange={(event) => setNotice(event.currentTarget.value)}>
              <option value="">{say('console.notices.choose')}</option>
              {sayable(policy).map((name) => (
                <option key={name} value={name}>
                  {noticeTitle(policy, name, language, now() / 1000)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <fieldset class="field">
          <legend>{say('console.notices.status')}</legend>
          {(['provisional', 'confirmed'] as const).map((one) => (
            <label class="tick" key={one}>
              <input type="radio" name="status" checked={status === one} onChange={() => setStatus(one)} />
              <span>{say(`console.notices.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <div class="row">
          <Button kind="first" icon="bell" type="submit" disabled={work.busy || notice === ''}>
            {say('console.notices.publish')}
          </Button>
          <Button disabled={work.busy} onClick={() => publish(null)}>
            {say('console.notices.end')}
          </Button>
        </div>
        <p role="status">{done ?? ''}</p>
        <Problem error={work.failed} />
      </form>
    </Page>
  );
}
