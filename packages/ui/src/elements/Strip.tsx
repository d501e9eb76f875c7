import type { ComponentChildren } from 'preact';
import { type Language, t } from '../texts/index.ts';
import { S } from './Sentences.tsx';

interface Props {
  readonly language: Language;
  readonly kind: 'usual' | 'incident' | 'exercise' | 'ageing' | 'back' | 'fault';
  readonly status?: 'provisional' | 'confirmed' | null;
  readonly headline: string;
  readonly text?: string;
  /** What stands at its right: a count, a button. */
  readonly children?: ComponentChildren;
}

/** What counts right now, on top, never over a verdict. A solid edge is confirmed, a dashed one provisional. */
export function Strip({ language, kind, status = null, headline, text = '', children }: Props) {
  const look = kind === 'usual' || kind === 'ageing' ? '' : kind === 'back' ? ' incident' : ` ${kind}`;
  return (
    <div
      class={`strip${look}${status === 'provisional' ? ' provisional' : ''}`}
      role="status"
      data-strip={kind}
    >
      {kind === 'exercise' && <span class="tag">{t(language, 'status.exercise')}</span>}
      <div class="say">
        <b>
          <S text={headline} />
        </b>
        {text !== '' && <S text={text} />}
      </div>
      {kind === 'incident' && status && (
        <span class={`tag ${status}`}>{t(language, `status.${status}`)}</span>
      )}
      {children}
    </div>
  );
}
