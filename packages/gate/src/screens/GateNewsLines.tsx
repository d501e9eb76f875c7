import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { asMs, dayInWords } from './when.ts';
import { word } from './words.ts';

/** What the register says of this gate, where staff should know it: one line each, on the first screen and on the device page. `all` adds what nobody must act on. */
export function GateNewsLines({ gate, all = false }: { readonly gate: Gate; readonly all?: boolean }) {
  const news = gate.news?.value ?? null;
  const lines: string[] = [];
  if (gate.unseen?.value) lines.push(word(gate, 'news.unseen'));
  else if (news ? news.state === 'unconfirmed' : gate.refused?.value)
    lines.push(word(gate, 'news.unconfirmed'));
  if (news?.quietSinceMs)
    lines.push(word(gate, 'news.quiet', { date: dayInWords(gate, asMs(news.quietSinceMs)) }));
  const renewed = gate.renewed?.value ?? null;
  if (all && renewed) {
    lines.push(word(gate, 'news.renewed', { date: dayInWords(gate, asMs(renewed.at * 1000)) }));
    if (renewed.wasOwner) lines.push(word(gate, 'news.renewed-owner'));
  }
  if (lines.length === 0) return null;
  return (
    <div class="news" role="status">
      {lines.map((line) => (
        <p key={line}>
          <Say text={line} />
        </p>
      ))}
    </div>
  );
}
