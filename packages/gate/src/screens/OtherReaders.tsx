import { PictureButton } from '@munjigi/ui/elements';
import { useRef, useState } from 'preact/hooks';
import type { Gate } from '../model.ts';
import { Say } from './Say.tsx';
import { word } from './words.ts';

/** The ways in besides the camera: a picture file, pasted text, a scanner that types. */
export function OtherReaders({ gate }: { readonly gate: Gate }) {
  const [pasted, paste] = useState('');
  const wedge = useRef<HTMLInputElement>(null);
  const read = (text: string): void => {
    const code = text.trim();
    if (code !== '') void gate.scanText(code);
  };
  return (
    <section class="part readers">
      <h2>{word(gate, 'more.reader')}</h2>
      <label>
        <span class="quiet">
          <Say text={word(gate, 'more.reader-text')} />
        </span>
        <input
          ref={wedge}
          name="wedge"
          autoComplete="off"
          spellcheck={false}
          inputMode="none"
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            read(event.currentTarget.value);
            event.currentTarget.value = '';
          }}
        />
      </label>
      <form
        class="paste"
        onSubmit={(event) => {
          event.preventDefault();
          read(pasted);
          paste('');
        }}
      >
        <label>
          <span class="quiet">{word(gate, 'more.paste')}</span>
          <input
            name="paste"
            value={pasted}
            autoComplete="off"
            spellcheck={false}
            onInput={(event) => paste(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="btn" disabled={pasted.trim() === ''}>
          {word(gate, 'more.paste-go')}
        </button>
      </form>
      <div class="row">
        <PictureButton label={word(gate, 'more.picture')} onPicture={(file) => void gate.scanPicture(file)} />
      </div>
    </section>
  );
}
