/** A piece of a page, safe to put into another. */
export class Html {
  constructor(readonly source: string) {}
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);

type Piece = Html | string | number | null | undefined | false | readonly Piece[];

const pieceOf = (piece: Piece): string => {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.source;
  return typeof piece === 'object' ? piece.map(pieceOf).join('') : escaped(String(piece));
};

/** Writes HTML; whatever is filled in is text, unless it was made by this function. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(parts.map((part, i) => part + (i < pieces.length ? pieceOf(pieces[i]!) : '')).join(''));

/**
 * Each sentence is an inline-block, so that it moves to the next line whole where it fits, and the name of a button keeps its
 * particle.
 */
export function sentences(text: string): readonly Html[] {
  return text
    .split(/(?<=[가-힣)\]"'’”a-z0-9%][.?!…])\s+(?=\S)/u)
    .filter((one) => one !== '')
    .map((one) => html`<span class="s">${withButtons(one)}</span> `);
}

const withButtons = (sentence: string): readonly Piece[] =>
  sentence
    .split(/(\[[^\]]+\]\S*)/u)
    .map((part) => (part.startsWith('[') ? html`<b class="nw">${part}</b>` : part));
