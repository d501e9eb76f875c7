import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

type Native = Omit<JSX.IntrinsicElements['button'], 'icon' | 'size' | 'class' | 'children'>;

export interface ButtonProps extends Native {
  /** `first` is what helps next, one a screen; `plain` is underlined. */
  readonly kind?: 'first' | 'other' | 'plain';
  readonly icon?: IconName;
  /** 48 px, 56 at the door, 72 on a stand. */
  readonly size?: 'usual' | 'tall' | 'stand';
  readonly wide?: boolean;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

export function Button({
  kind = 'other',
  icon,
  size = 'usual',
  wide = false,
  class: extra = '',
  children,
  ...rest
}: ButtonProps) {
  const look = ['btn', kind === 'other' ? '' : kind, size === 'usual' ? '' : size, wide ? 'wide' : '', extra]
    .filter(Boolean)
    .join(' ');
  return (
    <button type="button" class={look} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
