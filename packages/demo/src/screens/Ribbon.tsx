import { Brand } from '@munjigi/ui/elements';
import type { Demo } from '../demo.ts';
import { say } from '../texts.ts';

/** The moment that is played, from the signed clock, and the other language. */
export function Ribbon({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const other = language === 'ko' ? 'en' : 'ko';
  const timeZone = demo.documents.policy.value?.timeZone ?? 'UTC';
  const at = new Date(demo.nowMs.value);
  const day = new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    timeZone,
    dateStyle: 'full',
  }).format(at);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  const story = demo.story.value;
  const phase = demo.state.value?.phase;
  const note =
    phase === 'stopped' ? story?.outage.skips : phase === 'recovered' ? story?.recovery.skips : undefined;
  return (
    <header class="ribbon">
      <Brand language={language} />
      <div class="when">
        {demo.busy.value === 'begin' ? (
          <span>{say(language, 'preparing')}</span>
        ) : (
          <>
            <span class="day">{day.replace(/,/g, '')}</span>
            <span class="num" data-demo="clock">
              {clock}
            </span>
          </>
        )}
        <span class="tag">{say(language, 'demonstration')}</span>
        {note && <span class="skips">{note[language]}</span>}
      </div>
      <button type="button" class="btn plain" lang={other} onClick={() => demo.setLanguage(other)}>
        {say(language, 'language.other')}
      </button>
    </header>
  );
}
