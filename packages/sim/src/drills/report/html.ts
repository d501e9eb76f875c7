/** Text as it may stand in a page, also within quotes. */
export const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A table of two or more columns; the first cell of a row names it. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], first: string): string =>
    `<tr>${cells.map((cell, i) => (i === 0 ? `<th scope="${first}">${safe(cell)}</th>` : first === 'col' ? `<th scope="col">${safe(cell)}</th>` : `<td>${safe(cell)}</td>`)).join('')}</tr>`;
  const body = rows.map((cells) => line(cells, 'row')).join('');
  return `<div class="table"><table>${head.length > 0 ? `<thead>${line(head, 'col')}</thead>` : ''}<tbody>${body}</tbody></table></div>`;
}
