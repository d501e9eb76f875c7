import type { ComponentChildren } from 'preact';

/** Splits a text into its sentences: after . ? ! or … where a space follows; "10 a.m." style dots stay. */
export function sentences(text: string): readonly string[] {
  // no look-behind: Safari 15 does not know it, and would refuse the whole app
  return text
    .replace(/((?:[가-힣)\]"'’”a-z0-9%]|[A-Z]{2})[.?!…])\s+(?=\S)/gu, '$1\u0000')
    .split('\u0000')
    .filter((one) => one.length > 0);
}

/** A button's name keeps its particle: `[안내함]을` never breaks in two. */
function withButtons(sentence: string): ComponentChildren {
  return sentence.split(/(\[[^\]]+\]\S*)/u).map((part, i) =>
    part.startsWith('[') ? (
      <span class="nw" key={i}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}

/** Each sentence is an inline-block that moves to the next line whole where it fits: staff read sentence by sentence. */
export function S({ text }: { readonly text: string }) {
  return (
    <>
      {sentences(text).flatMap((one, i) => [
        i > 0 ? ' ' : null,
        <span class="s" key={one}>
          {withButtons(one)}
        </span>,
      ])}
    </>
  );
}
