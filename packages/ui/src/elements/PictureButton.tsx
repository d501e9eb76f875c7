import { useRef } from 'preact/hooks';
import { Button } from './Button.tsx';

/** A button that opens the device's own chooser for a picture. */
export function PictureButton({
  label,
  onPicture,
}: {
  readonly label: string;
  readonly onPicture: (file: File) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button onClick={() => field.current?.click()}>{label}</Button>
      <input
        ref={field}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) onPicture(file);
        }}
      />
    </>
  );
}
