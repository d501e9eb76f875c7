import { Figure, LiveMark, PictureButton } from '@munjigi/ui/elements';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import type { Pulse } from './pulse.ts';
import { Say } from './Say.tsx';
import { type GateKey, word } from './words.ts';

interface Props {
  readonly gate: Gate;
  readonly pulse: Pulse;
  readonly calm: boolean;
  /** Opens the camera where it is no guest's code that is waited for. */
  onOpen?(): void;
}

/** The camera's picture with the live mark as its frame; where there is no picture, the ways on without one. */
export function CameraPicture({ gate, pulse, calm, onOpen }: Props) {
  const { state, seen } = gate.camera.value;
  const working = state === 'on' || state === 'opening';
  return (
    <div class="cam" data-camera={state} data-seen={seen}>
      <Video gate={gate} />
      {working ? (
        <>
          <div class="aim">
            <LiveMark tick={pulse.tick} calm={calm} />
          </div>
          {state === 'opening' && <p class="note">{word(gate, 'camera.opening')}</p>}
          {state === 'on' && (seen === 'two' || seen === 'dark') && (
            <p class="note" role="status">
              <Say text={word(gate, `camera.${seen}`)} />
            </p>
          )}
        </>
      ) : (
        <WithoutCamera gate={gate} {...(onOpen ? { onOpen } : {})} />
      )}
    </div>
  );
}

function Video({ gate }: { readonly gate: Gate }) {
  const video = useRef<HTMLVideoElement>(null);
  const [mirrored, mirror] = useState(false);
  const stream = gate.stream?.value ?? null;
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = stream;
    // Guests who see themselves move the wrong way miss the frame: a camera on their side is shown as a mirror.
    mirror(stream?.getVideoTracks?.()[0]?.getSettings?.().facingMode === 'user');
    if (stream) void element.play?.().catch(() => {});
  }, [stream]);
  return (
    <div class="picture" aria-hidden="true">
      <video ref={video} class={mirrored ? 'mirrored' : ''} playsInline muted autoPlay />
    </div>
  );
}

function WithoutCamera({ gate, onOpen }: { readonly gate: Gate; onOpen?(): void }) {
  const { state } = gate.camera.value;
  const headline: GateKey = `camera.${state === 'on' || state === 'opening' ? 'off' : state}`;
  return (
    <div class="without">
      <Figure name="cannot" />
      <h2>{word(gate, headline)}</h2>
      <p>
        <Say text={word(gate, state === 'refused' ? 'camera.refused-help' : 'camera.ways')} />
      </p>
      <div class="ways">
        <button type="button" class="btn first" onClick={() => (onOpen ? onOpen() : void gate.startShift())}>
          {word(gate, 'camera.open')}
        </button>
        {!onOpen && (
          <PictureButton
            label={word(gate, 'camera.picture')}
            onPicture={(file) => void gate.scanPicture(file)}
          />
        )}
      </div>
    </div>
  );
}
