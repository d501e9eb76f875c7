import { useRef } from 'preact/hooks';
import type { Gate } from '../model.ts';

/** Reads a code from a picture file: a button that opens the device's own file chooser. */
export function PictureButton({ gate, label }: { readonly gate: Gate; readonly label: string }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="btn" onClick={() => field.current?.click()}>
        {label}
      </button>
      <input
        ref={field}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) void gate.scanPicture(file);
        }}
      />
    </>
  );
}
