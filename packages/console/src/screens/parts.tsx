import { Button, Icon, type IconName, S } from '@munjigi/ui/elements';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { DeskError } from '../engine/desk.ts';
import { type Asked, problemKey, reasonKey, useConsole, useWords } from './use.ts';

interface PageProps {
  readonly title: string;
  readonly aside?: string;
  /** What helps next, at the right of the title. */
  readonly action?: ComponentChildren;
  readonly back?: { readonly href: string; readonly word: string };
  readonly children?: ComponentChildren;
}

/** One screen: its title takes the focus when it opens, so that those who listen hear where they are. */
export function Page({ title, aside, action, back, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { moved } = useConsole();
  const { say } = useWords();
  useEffect(() => {
    document.title = `${title} · ${say('app.name')}`;
  }, [title]);
  useEffect(() => {
    const { activeElement } = document;
    const isFree = activeElement === document.body || activeElement?.closest('nav, main') != null;
    if (moved.peek() && isFree) heading.current?.focus();
  }, []);
  return (
    <>
      <header class="title">
        <div>
          {back && (
            <a class="back" href={back.href}>
              {back.word}
            </a>
          )}
          <h1 tabIndex={-1} ref={heading}>
            {title}
            {aside && <small class="num"> {aside}</small>}
          </h1>
        </div>
        {action && <div class="action">{action}</div>}
      </header>
      {children}
    </>
  );
}

/** A link that looks and works like a button: it leads to another screen. */
export function LinkButton(props: {
  readonly href: string;
  readonly icon?: IconName;
  readonly kind?: 'first' | 'plain';
  readonly children: ComponentChildren;
}) {
  return (
    <a class={`btn${props.kind ? ` ${props.kind}` : ''}`} href={props.href}>
      {props.icon && <Icon name={props.icon} />}
      {props.children}
    </a>
  );
}

/** What went wrong, in one sentence, with the service's own sentence where it knows better. */
export function Problem({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const { say } = useWords();
  if (!error) return null;
  const key = problemKey(error);
  const known = error instanceof DeskError ? reasonKey(error.code) : null;
  const own = error instanceof DeskError ? error.message : '';
  return (
    <div class="problem" role="alert" data-problem={error instanceof DeskError ? error.code : 'page'}>
      <p>
        <S text={known ? say(known) : key ? say(key) : say('console.problem.refused')} />
      </p>
      {!known && !key && own !== '' && <p lang="en">{own}</p>}
      {again && (
        <Button kind="plain" onClick={again}>
          {say('button.retry')}
        </Button>
      )}
    </div>
  );
}

/** Shows what was asked for once it is here; before that one quiet line, and what to do where it cannot be had. */
export function Await<T>(props: {
  readonly asked: Asked<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  const { say } = useWords();
  const { value, failed, again } = props.asked;
  if (value === null)
    return failed ? (
      <Problem error={failed} again={again} />
    ) : (
      <p class="quiet" data-asking>
        {say('console.asking')}
      </p>
    );
  return (
    <>
      {failed ? <Problem error={failed} again={again} /> : null}
      {props.children(value)}
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly help?: string;
  readonly wrong?: string | null;
  readonly children: (attributes: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
    readonly 'aria-invalid'?: boolean;
  }) => ComponentChildren;
}

/** A labelled control; its help, or what is wrong with it, is read with it. */
export function Field({ label, help, wrong = null, children }: FieldProps) {
  const id = useId();
  const hint = wrong ?? help;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(hint ? { 'aria-describedby': `${id}-help` } : {}),
        ...(wrong ? { 'aria-invalid': true } : {}),
      })}
      {hint && (
        <p id={`${id}-help`} class={wrong ? 'help wrong' : 'help'} {...(wrong ? { role: 'alert' } : {})}>
          <S text={hint} />
        </p>
      )}
    </div>
  );
}

/** Facts, one a line: name at the left, what is so at the right. Empty ones are left out. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts-list">
      {rows
        .filter(([, value]) => value !== null && value !== '' && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A state in words with its mark: round and solid is known good, hollow is open, square is not good. */
export function Mark(props: {
  readonly kind: 'good' | 'open' | 'bad';
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`mark ${props.kind}`}>
      <i aria-hidden="true" />
      {props.children}
    </span>
  );
}

/** Something wider than a phone: it scrolls by itself, and the keyboard reaches it. */
export function Wide({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const reach = { tabIndex: 0 };
  return (
    <section class="wide" aria-label={label} {...reach}>
      {children}
    </section>
  );
}
