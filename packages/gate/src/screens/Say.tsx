import { sentences } from '@munjigi/ui/elements';
import type { ComponentChildren } from 'preact';

/** Strong words of a sentence: `**so**` and the names of buttons, `[so]`, which keep their particle. */
function strong(sentence: string): ComponentChildren {
  return sentence.split(/(\*\*[^*]+\*\*|\[[^\]]+\][^\s.,]*)/u).map((part, i) => {
    if (part.startsWith('**')) return <strong key={i}>{part.slice(2, -2)}</strong>;
    const button = /^(\[[^\]]+\])(.*)$/u.exec(part);
    if (!button) return part;
    return (
      <span class="nw" key={i}>
        <strong>{button[1]}</strong>
        {button[2]}
      </span>
    );
  });
}

/** A text sentence by sentence: each moves to the next line whole where it fits. `first` keeps only the first one. */
export function Say({ text, first = false }: { readonly text: string; readonly first?: boolean }) {
  const all = sentences(text);
  return (
    <>
      {(first ? all.slice(0, 1) : all).flatMap((one, i) => [
        i > 0 ? ' ' : null,
        <span class="s" key={i}>
          {strong(one)}
        </span>,
      ])}
    </>
  );
}
