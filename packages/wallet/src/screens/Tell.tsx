import type { Wallet } from '../model.ts';

/** Clock and word of the day: the second and third proof of life, compared at a glance with the gate's own screen. */
export function Tell({ wallet }: { readonly wallet: Wallet }) {
  return (
    <div class="tell">
      <span class="clock num" data-munjigi="clock">
        {wallet.clock.value}
      </span>
      {wallet.word.value !== '' && (
        <span class="word">
          <small>{wallet.text('wallet.word')}</small>
          {wallet.word.value}
        </span>
      )}
    </div>
  );
}
