import type { IconName } from '@munjigi/ui/elements';
import type { TextKey } from '@munjigi/ui/texts';
import type { Body } from '../../engine/body.ts';
import type { Role, Who } from '../../engine/session.ts';

/** A place of the console that stands in its list: who sees it, and at which body's desk. */
export interface Place {
  readonly path: string;
  readonly word: TextKey;
  readonly icon: IconName;
  readonly roles: readonly Role[];
  readonly bodies: readonly Body[];
}

const EVERY: readonly Body[] = ['register', 'authority', 'issuer'];

export const PLACES: readonly Place[] = [
  {
    path: 'venues',
    word: 'console.place.venues',
    icon: 'chart-column',
    roles: ['owner', 'staff'],
    bodies: ['register'],
  },
  {
    path: 'registrations',
    word: 'console.place.registrations',
    icon: 'file-text',
    roles: ['inspector'],
    bodies: ['register'],
  },
  {
    path: 'cases',
    word: 'console.place.cases',
    icon: 'file-text',
    roles: ['officer'],
    bodies: ['register', 'authority'],
  },
  { path: 'gates', word: 'console.place.gates', icon: 'tablet', roles: ['operator'], bodies: ['register'] },
  {
    path: 'incidents',
    word: 'console.place.incidents',
    icon: 'hourglass',
    roles: ['officer', 'operator'],
    bodies: ['authority'],
  },
  {
    path: 'notices',
    word: 'console.place.notices',
    icon: 'bell',
    roles: ['operator'],
    bodies: ['authority'],
  },
  {
    path: 'log',
    word: 'console.place.log',
    icon: 'history',
    roles: ['officer', 'operator'],
    bodies: EVERY,
  },
  {
    path: 'people',
    word: 'console.place.people',
    icon: 'users',
    roles: ['officer', 'operator'],
    bodies: EVERY,
  },
  { path: 'doctor', word: 'console.place.doctor', icon: 'settings', roles: ['operator'], bodies: EVERY },
];

/** The places that an account sees at a desk, in their order. */
export const placesOf = (body: Body, who: Pick<Who, 'roles'>): readonly Place[] =>
  PLACES.filter(
    ({ bodies, roles }) => bodies.includes(body) && roles.some((role) => who.roles.includes(role)),
  );
