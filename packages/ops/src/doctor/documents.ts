import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBundle, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { type Check, found } from './types.ts';

/** How old the bundle is that devices get from the mirror. */
export const bundleAge: Check = async ({ config: { data, desks }, policy, nowMs }) => {
  const file = (name: string) => join(data, 'mirror', `${name}.cose`);
  if (!desks.includes('authority')) return [];
  if (!existsSync(file('bundle')))
    return [
      found(
        'bundle',
        'authority',
        'warn',
        'No bundle was published yet.',
        'Start the service with an issuer, or put the issuer’s public file into the data folder.',
      ),
    ];
  const crypto = nodeCrypto();
  try {
    const root = await openRoot(await readFile(file('root')), crypto);
    const { bundle } = await openBundle(await readFile(file('bundle')), root, crypto);
    const hours = (nowMs / 1000 - bundle.issuedAt) / 3600;
    const { ageingHours, tooOldHours } = policy.pack.ladder;
    const says = `The bundle in the mirror is ${Math.max(0, Math.floor(hours))} hours old.`;
    const todo = 'Start the service with the authority: it publishes anew; find out why it did not.';
    if (hours >= tooOldHours) return [found('bundle', 'authority', 'bad', says, todo)];
    if (hours >= ageingHours) return [found('bundle', 'authority', 'warn', says, todo)];
    if (hours < -1)
      return [
        found(
          'bundle',
          'authority',
          'bad',
          'The bundle in the mirror is of a later time than this clock says.',
          'Set the clock.',
        ),
      ];
    return [found('bundle', 'authority', 'ok', says)];
  } catch {
    return [
      found(
        'bundle',
        'authority',
        'bad',
        'The bundle in the mirror is broken, or is not signed by its root.',
        'Start the service with the authority: it writes the mirror anew from its database.',
      ),
    ];
  }
};

export const DOCUMENTS: readonly Check[] = [bundleAge];
