import { Button, Figure, Icon, LiveMark, QrCanvas, S, tickAt } from '@munjigi/ui/elements';
import { useComputed } from '@preact/signals';
import type { Code as CodeState, Wallet } from '../model.ts';
import { NoticeLine } from './NoticeLine.tsx';
import { Tell } from './Tell.tsx';

/** My code: redrawn each quarter minute without any network. */
export function Code({ wallet }: { readonly wallet: Wallet }) {
  const code = wallet.code.value;
  return (
    <main class="qr-page" data-state={code.state}>
      <h1 class="off-screen">{wallet.text('wallet.tab.code')}</h1>
      <NoticeLine wallet={wallet} />
      <Pass wallet={wallet} code={code} />
      <Tell wallet={wallet} />
      <hr />
      {code.state === 'empty' ? <WithoutCode wallet={wallet} /> : <WithCode wallet={wallet} code={code} />}
    </main>
  );
}

function Pass({ wallet, code }: { readonly wallet: Wallet; readonly code: CodeState }) {
  const calm = wallet.look.calm.value;
  const tick = useComputed(() => {
    const now = wallet.nowMs.value;
    const shown = wallet.code.value;
    if (shown.state !== 'live') return -1;
    return shown.slow
      ? tickAt(now - shown.slow.fromMs, shown.slow.untilMs - shown.slow.fromMs, calm)
      : tickAt(now, 15_000, calm);
  });
  return (
    <div class="place">
      <div class={code.state === 'live' ? 'pass' : 'pass none'}>
        <LiveMark tick={tick} calm={calm} />
        {code.state === 'live' && <QrCanvas text={code.text} label={wallet.text('wallet.code.label')} />}
        {code.state === 'empty' && (
          <div class="hole">
            <h2>{wallet.text('wallet.empty.title')}</h2>
            <p>{wallet.text('wallet.empty.text')}</p>
          </div>
        )}
      </div>
    </div>
  );
}

function WithCode({ wallet, code }: { readonly wallet: Wallet; readonly code: CodeState }) {
  const standing = wallet.standing.value;
  const slow = code.state === 'live' && code.slow;
  const reused = code.state === 'live' && code.reused;
  return (
    <>
      {slow && (
        <p class="state slow">
          <Icon name="hourglass" />
          {wallet.text('wallet.slow.stays', { time: slow.until })}
        </p>
      )}
      {standing.state === 'usable' ? (
        <p class="state">
          <S text={standing.sentence} />
        </p>
      ) : (
        <button type="button" class="state" onClick={() => wallet.show('reason')}>
          <Figure name="another" />
          <span class="say">{standing.sentence}</span>
          <Icon name="chevron-right" />
        </button>
      )}
      <p class="small">
        <S text={reused ? wallet.text('wallet.code.reused') : wallet.text('wallet.privacy')} />
      </p>
      <span class="push" />
      {!wallet.notice.value && (
        <p class="small foot">
          <S
            text={`${wallet.text(slow ? 'wallet.slow.hint' : 'wallet.code.moves')} ${wallet.text('wallet.code.bright')}`}
          />
        </p>
      )}
      <div class="row">
        {slow ? (
          <Button icon="qr-code" onClick={() => wallet.setLane('usual')}>
            {wallet.text('wallet.slow.stop')}
          </Button>
        ) : (
          <Button icon="hourglass" disabled={code.state !== 'live'} onClick={() => wallet.setLane('slow')}>
            {wallet.text('wallet.slow.start')}
            <span class="quiet">{wallet.text('wallet.slow.length')}</span>
          </Button>
        )}
        <Button data-munjigi="poster" onClick={() => wallet.lookForPoster()}>
          {wallet.text('wallet.poster.open')}
        </Button>
      </div>
    </>
  );
}

function WithoutCode({ wallet }: { readonly wallet: Wallet }) {
  return (
    <>
      <p class="state">{wallet.text('wallet.empty.certificate')}</p>
      <p class="small">{wallet.text('wallet.empty.by-eye')}</p>
      <span class="push" />
      {wallet.waiting.value && (
        <p class="small" role="status" data-munjigi="waiting">
          <S text={wallet.waiting.value} />
        </p>
      )}
      {wallet.problem.value && <p class="problem small">{wallet.problem.value}</p>}
      <div class="stack">
        <Button kind="first" size="tall" onClick={() => wallet.show('certificate')}>
          {wallet.text('wallet.empty.show-certificate')}
        </Button>
        <Button disabled={wallet.busy.value} onClick={() => wallet.renew()}>
          {wallet.text('wallet.renew')}
        </Button>
      </div>
    </>
  );
}
