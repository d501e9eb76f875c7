import { Button, Figure, LiveMark, S, tickAt } from '@munjigi/ui/elements';
import { useComputed, useSignal } from '@preact/signals';
import type { Wallet } from '../model.ts';
import { useFrameSize } from './frame-size.ts';
import { Tell } from './Tell.tsx';

/** What a stranger reads in three seconds: the kind, its date, the name. For the eyes of staff only. */
export function Certificate({ wallet }: { readonly wallet: Wallet }) {
  const cards = wallet.certificates.value;
  const chosen = useSignal<string | null>(null);
  const card = cards.find((one) => one.id === chosen.value) ?? cards[0];
  const calm = wallet.look.calm.value;
  const tick = useComputed(() => tickAt(wallet.nowMs.value, 15_000, calm));
  const { frame, size } = useFrameSize(card === undefined);

  if (!card) {
    return (
      <main class="enrol">
        <h1>{wallet.text('wallet.certificate.none')}</h1>
        <p>{wallet.text('wallet.certificate.none-text')}</p>
        <span class="push" />
        <div class="stack">
          <Button onClick={() => wallet.show('reason')}>{wallet.text('wallet.reason.useful')}</Button>
        </div>
      </main>
    );
  }
  const person = wallet.person.value;
  return (
    <main>
      {cards.length > 1 && (
        <div class="choose">
          {cards.map((one) => (
            <button
              type="button"
              key={one.id}
              aria-pressed={one === card}
              onClick={() => {
                chosen.value = one.id;
              }}
            >
              {one.kind}
            </button>
          ))}
        </div>
      )}
      <div class="cert" data-munjigi="certificate">
        <div class="frame" ref={frame}>
          <LiveMark tick={tick} width={size.value.width} height={size.value.height} calm={calm} />
        </div>
        <div class="in">
          <h1 class={`k ${lengthOf(card.kind)}`}>{card.kind}</h1>
          <p class="d num">{card.date}</p>
          {!card.usable && (
            <p class="ends">
              <Figure name="another" />
              {card.sentence}
            </p>
          )}
          <span class="push" />
          <dl>
            <dt>{wallet.text('wallet.certificate.name')}</dt>
            <dd>{person?.name}</dd>
            <dt>{wallet.text('wallet.certificate.born')}</dt>
            <dd class="num">{person?.birthDate}</dd>
            <dt>{wallet.text('wallet.certificate.issuer')}</dt>
            <dd>{card.issuer}</dd>
          </dl>
          <span class="push" />
          <Tell wallet={wallet} />
        </div>
      </div>
      <span class="push" />
      <p class="small foot">
        <S text={wallet.text('wallet.certificate.use')} />
      </p>
    </main>
  );
}

/** A long kind is set smaller, never cut: width of Hangul counts double. */
function lengthOf(kind: string): '' | 'long' | 'longer' {
  const width = [...kind].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2fff ? 2 : 1.1), 0);
  return width <= 9.5 ? '' : width <= 13 ? 'long' : 'longer';
}
