import { QrSvg } from '@munjigi/ui/elements';
import type { Demo } from '../demo.ts';
import type { StoryPerson } from '../story.ts';
import { say } from '../texts.ts';

/** A printed pass in place of a phone. */
export function PaperSheet({ demo, person }: { readonly demo: Demo; readonly person: StoryPerson }) {
  const language = demo.language.value;
  const paper = demo.paper.value;
  return (
    <div class="sheet" data-demo="paper">
      <p class="kind">{say(language, 'paper.sheet')}</p>
      {paper && <QrSvg text={paper.text} label={say(language, 'paper.sheet')} />}
      <p class="name">{person.name[language]}</p>
      {paper && <p class="num">{say(language, 'paper.lastDay', { day: paper.lastDay })}</p>}
    </div>
  );
}
