import { S, Shape } from '@munjigi/ui/elements';
import type { Wallet } from '../model.ts';

/** Clock, and word and shape of the minute: the second and third proof of life, compared at a glance with the gate's own screen. */
export function Tell({ wallet }: { readonly wallet: Wallet }) {
  const sign = wallet.sign.value;
  return (
    <div class="tell">
      <span class="clock num" data-munjigi="clock">
        {wallet.clock.value}
      </span>
      {sign ? (
        <span class="word" data-munjigi="sign">
          <small class="off-screen">{wallet.text('wallet.word')}</small>
          <Shape name={sign.shape} />
          {sign.word}
        </span>
      ) : (
        <small class="small" data-munjigi="sign-none">
          <S text={wallet.text('wallet.word.none')} />
        </small>
      )}
    </div>
  );
}
