import { sha256 } from '@munjigi/core/encoding';
import { nowSeconds, type StoryClockPort } from '../clock/index.ts';
import type { OfficerKey } from '../lib/accounts/index.ts';
import type { OpenDesks } from './desks.ts';

/**
 * Tells everybody of an officer's key that begins or ends: a line of its body in the public log, then a new bundle, so that
 * whoever checks a case knows of it. Before the desks are open there is nobody to tell: accounts tell again at the start.
 */
export const tellOfOfficer =
  (desks: () => OpenDesks | null, clock: StoryClockPort) =>
  async ({ body, credentialId, publicKey, until }: OfficerKey): Promise<void> => {
    const open = desks();
    const line = open?.publicLog.lines[body];
    if (!open || !line || (!open.authority && !open.peers.apart))
      throw new Error('The public log is not open here yet.');
    const fields = { credential: sha256(credentialId), role: 'officer' } as const;
    const signed =
      until === null
        ? await line.sign('officer-added', nowSeconds(clock), { ...fields, key: sha256(publicKey) })
        : await line.sign('officer-ended', nowSeconds(clock), fields);
    await open.publicLog.port.append(signed);
    // On another machine it publishes as soon as it was told.
    if (open.authority) await open.authority.refresh();
    else open.peers.nudge();
  };
