import { ICONS, type IconName } from './icons.ts';

/** An icon of Lucide. Decoration: the word beside it is what is read. `large` is 28 px with the heavier stroke. */
export function Icon({ name, large = false }: { readonly name: IconName; readonly large?: boolean }) {
  return (
    <svg
      class={large ? 'i large' : 'i'}
      viewBox="0 0 24 24"
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: ICONS[name] }}
    />
  );
}
