import { Button, Figure, Icon, LiveMark, PictureButton, S, tickAt } from '@munjigi/ui/elements';
import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Visiting, Wallet } from '../model.ts';
import { useFrameSize } from './frame-size.ts';
import { Tell } from './Tell.tsx';

/** Coming in by a venue's poster: look for it, see whose it is, one tap, and a screen for the door. */
export function Poster({ wallet }: { readonly wallet: Wallet }) {
  const visiting = wallet.visiting.value;
  switch (visiting.state) {
    case 'looking':
      return <Looking wallet={wallet} />;
    case 'problem':
      return <Problem wallet={wallet} why={visiting.why} />;
    case 'found':
      return <Found wallet={wallet} venue={visiting.venue} />;
    case 'written':
      return <Written wallet={wallet} visiting={visiting} />;
  }
}

function Looking({ wallet }: { readonly wallet: Wallet }) {
  const state = wallet.posterCamera.state.value;
  useEffect(() => {
    void wallet.posterCamera.open();
    return () => wallet.posterCamera.close();
  }, [wallet]);
  return (
    <main class="poster" data-state="looking" data-camera={state}>
      <h1>{wallet.text('wallet.poster.scan')}</h1>
      <p class="small">
        <S text={wallet.text('wallet.poster.scan-text')} />
      </p>
      {state === 'refused' || state === 'missing' ? (
        <p class="problem">
          <S text={wallet.text(`wallet.poster.camera-${state}`)} />
        </p>
      ) : (
        <Picture wallet={wallet} />
      )}
      <span class="push" />
      <div class="stack">
        <PictureButton
          label={wallet.text('wallet.poster.picture')}
          onPicture={(file) => void wallet.scanPoster(file)}
        />
        <Button onClick={() => wallet.show('qr')}>{wallet.text('button.back')}</Button>
      </div>
    </main>
  );
}

function Picture({ wallet }: { readonly wallet: Wallet }) {
  const video = useRef<HTMLVideoElement>(null);
  const stream = wallet.posterCamera.stream.value;
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = stream;
    if (stream) void video.current.play().catch(() => undefined);
  }, [stream]);
  return (
    <div class="finder" aria-hidden="true">
      <video ref={video} playsInline muted />
    </div>
  );
}

type Why = Extract<Visiting, { state: 'problem' }>['why'];

function Problem({ wallet, why }: { readonly wallet: Wallet; readonly why: Why }) {
  return (
    <main class="poster" data-state="problem" data-why={why}>
      <Figure name="cannot" />
      <h1>
        <S text={wallet.text(`wallet.poster.problem.${why}`)} />
      </h1>
      <p>
        <S text={wallet.text('wallet.poster.problem.next')} />
      </p>
      <span class="push" />
      <div class="stack">
        <Button kind="first" size="tall" onClick={() => wallet.lookForPoster()}>
          {wallet.text('wallet.poster.again')}
        </Button>
        <Button onClick={() => wallet.show('qr')}>{wallet.text('button.back')}</Button>
      </div>
    </main>
  );
}

function Found({ wallet, venue }: { readonly wallet: Wallet; readonly venue: string }) {
  return (
    <main class="poster" data-state="found">
      <p class="small lead">{wallet.text('wallet.poster.is-it')}</p>
      <h1 class="venue">{venue}</h1>
      <p class="small">
        <S text={wallet.text('wallet.poster.found-text')} />
      </p>
      <span class="push" />
      <div class="stack">
        <Button kind="first" size="tall" data-munjigi="enter" onClick={() => void wallet.enterByPoster()}>
          {wallet.text('wallet.poster.enter')}
        </Button>
        <Button onClick={() => wallet.lookForPoster()}>{wallet.text('wallet.poster.other')}</Button>
      </div>
    </main>
  );
}

type WrittenVisit = Extract<Visiting, { state: 'written' }>;

function Written({ wallet, visiting }: { readonly wallet: Wallet; readonly visiting: WrittenVisit }) {
  const calm = wallet.look.calm.value;
  const tick = useComputed(() => tickAt(wallet.nowMs.value, 15_000, calm));
  const { frame, size } = useFrameSize(null);
  return (
    <main class="poster" data-state="written" data-sent={visiting.sent}>
      <div class="entered">
        <div class="frame" ref={frame}>
          <LiveMark tick={tick} width={size.value.width} height={size.value.height} calm={calm} />
        </div>
        <div class="in">
          <p class="small">{wallet.text('wallet.poster.written')}</p>
          <h1 class="venue">{visiting.venue}</h1>
          <p class="at num">{visiting.time}</p>
          <Tell wallet={wallet} />
        </div>
      </div>
      <p class="state" role="status">
        <Icon name="check" />
        <span>
          <S text={wallet.text(visiting.sent ? 'wallet.poster.sent' : 'wallet.poster.kept')} />
        </span>
      </p>
      <p class="small">
        <S text={wallet.text('wallet.poster.show-text')} />
      </p>
      <span class="push" />
      <div class="stack">
        <Button onClick={() => wallet.show('qr')}>{wallet.text('button.close')}</Button>
      </div>
    </main>
  );
}
