import { randomBytes } from 'node:crypto';
import { openPoster, sealVisit } from '@munjigi/core/poster';
import { addDays, calendarOf } from '@munjigi/core/rules';
import type { Bundle } from '@munjigi/core/trust';
import { nodeCrypto, nodeSigner, publicPoint } from '@munjigi/service/crypto';
import type { RegisterOptions } from '@munjigi/service/register';
import type { PosterLimits, Visit } from '../../packages/service/src/register/posters/index.ts';
import { korea } from './packs.ts';
import { STORY_MS } from './register.ts';

export const WALLET = 'https://wallet.example/wallet/';
const calendar = calendarOf('Asia/Seoul');
const today = calendar.dateOf(STORY_MS / 1000);
/** Private scalars that every process of a test has alike. */
export const DAY_PRIVATE = new Uint8Array(32).fill(7);
const LINE_PRIVATE = new Uint8Array(32).fill(9);
export const lineSigner = nodeSigner(LINE_PRIVATE);

/** Day keys of the kept days, and of two months ahead; all of one private key. */
export const bundle = {
  sequence: 4,
  dayKeys: Array.from({ length: 90 }, (_, i) => ({
    keyId: i + 1,
    day: addDays(today, i - 27),
    spare: false,
    publicKey: publicPoint(DAY_PRIVATE),
  })),
} as unknown as Bundle;

/** What a register needs that makes posters and takes their visits. */
export const posterChannels = (
  limits: Partial<PosterLimits> = {},
  channels: Partial<NonNullable<RegisterOptions['channels']>> = {},
): NonNullable<RegisterOptions['channels']> => ({
  policy: korea,
  bundle: async () => ({ bundle, digest: new Uint8Array(32).fill(7) }),
  posters: { signer: lineSigner, wallet: WALLET, limits },
  ...channels,
});

/** A visit as a wallet makes it that scanned a code: another one with every call. */
export async function visitBy(code: Uint8Array, at: number, number = '01012345678'): Promise<Visit> {
  const poster = await openPoster(code, [lineSigner.publicKey], nodeCrypto());
  const ekm = new Uint8Array(randomBytes(32));
  const subject = { kind: 'phone', number } as const;
  const sealed = (await sealVisit({ poster, subject, at, bundle, calendar, ekm }))!;
  return { code, visit: new Uint8Array(randomBytes(16)), ...sealed };
}
