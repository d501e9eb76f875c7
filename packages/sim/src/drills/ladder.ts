import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '@munjigi/core/encoding';
import { posterIn } from '@munjigi/core/poster';
import type { LadderTerms } from '../crowd/index.ts';
import { drawnBoxes, readCodes, type ServiceStage } from '../stage/index.ts';
import type { DrillRecord } from './types.ts';

const PROVIDER = 'drill';
const NUMBER = '080-765-4321';
/** Sheets that lie ready. */
const SHEETS = 12;

/** Writes down whose calls the service believes, before it is started. Answers what the provider signs with. */
export function callProvider(folder: string): string {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const secret = randomBytes(24).toString('base64');
  writeFileSync(join(data, `${PROVIDER}.secret`), `${secret}\n`, { mode: 0o600 });
  writeFileSync(
    join(data, 'call-providers.json'),
    JSON.stringify([{ name: PROVIDER, scheme: 'hmac-sha256', secretFiles: [`${PROVIDER}.secret`] }]),
  );
  return secret;
}

/** A venue of its own with a number, sheets and a poster, which is read off its printed page. */
export async function openLadder(
  service: ServiceStage,
  { venue, guests }: DrillRecord,
  secret: string,
): Promise<LadderTerms> {
  const operate = <T>(path: string, body?: unknown) =>
    service.call<T>(`/api/register/venues${path}`, body, { operator: true });
  const { venueId } = await operate<{ venueId: number }>('', { name: 'the other ways', ...venue });
  await operate(`/${venueId}/call-number`, { number: NUMBER });
  const { sheets: numbers } = await operate<{ sheets: number[] }>(`/${venueId}/sheets`, {
    count: SHEETS,
    day: null,
  });
  const { lines } = await operate<{ lines: number }>(`/${venueId}/sheets`);
  const door = `http://127.0.0.1:${service.balancer.port}`;
  return {
    venueId,
    register: `${door}/api/register`,
    mirrors: [service.mirror.address],
    issuer: `${door}/api/issuer`,
    people: guests[0]!.people,
    calls: { number: NUMBER, provider: PROVIDER, secret },
    sheets: { numbers, lines, token: tokenOf(service) },
    poster: await posterOf(service, venueId),
  };
}

const tokenOf = ({ data }: ServiceStage): string =>
  readFileSync(join(data, 'keys', 'operator-token.key'), 'utf8').trim();

/** The code of the venue's poster; null from a version that has no posters yet. */
async function posterOf(service: ServiceStage, venueId: number): Promise<string | null> {
  const path = `/api/register/venues/${venueId}/poster`;
  try {
    await service.call(path, { wanted: true }, { operator: true });
  } catch (error) {
    if (/: 404 /.test((error as Error).message)) return null;
    throw error;
  }
  const answer = await fetch(`http://127.0.0.1:${service.balancer.port}${path}/page`, {
    headers: { authorization: `Bearer ${tokenOf(service)}` },
  });
  if (!answer.ok) throw new Error(`A poster was not printed: ${answer.status}`);
  const [text] = await readCodes(drawnBoxes(new Uint8Array(await answer.arrayBuffer())));
  const code = text === undefined ? null : posterIn(text);
  if (!code) throw new Error('No code was read off the printed poster.');
  return toBase64url(code);
}
