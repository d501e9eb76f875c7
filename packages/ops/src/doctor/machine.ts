import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, found, type Patient } from './types.ts';

const GB = 1024 ** 3;

/** Who but this user may read what must not be read. */
export const rights: Check = async ({ config: { data } }) => {
  if (process.platform === 'win32')
    return [
      found('rights', null, 'unknown', 'On Windows the rights of the data folder are not looked at here.'),
    ];
  // A PostgreSQL of the folder's own runs as another user, who has to pass through it and reads nothing there.
  const forData = existsSync(join(data, 'postgres')) ? 0o066 : 0o077;
  const open = [data, ...secrets(join(data, 'keys'))].filter(
    (path) => existsSync(path) && (statSync(path).mode & (path === data ? forData : 0o077)) !== 0,
  );
  const [first] = open;
  return [
    first === undefined
      ? found('rights', null, 'ok', 'Only this user can read the data folder and the keys.')
      : found(
          'rights',
          null,
          'bad',
          `Others may read ${first}${open.length > 1 ? ` and ${open.length - 1} more` : ''}.`,
          `Take the rights away: chmod -R go= ${data}`,
        ),
  ];
};

function secrets(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))];
}

export const disk: Check = async ({ config: { data }, disk: look }) => {
  const { free, total } = await look(data);
  const says = `${(free / GB).toFixed(1)} GB of ${(total / GB).toFixed(1)} GB are free under the data folder.`;
  const todo =
    'Make room, or move the data folder: on a full disk nothing is stored, and gates keep what they have.';
  if (free < GB / 2 || free < total * 0.02) return [found('disk', null, 'bad', says, todo)];
  if (free < 5 * GB || free < total * 0.1) return [found('disk', null, 'warn', says, todo)];
  return [found('disk', null, 'ok', says)];
};

/** Who listens on the port of the service: nobody, this product, or something else. */
export const port: Check = async ({ config: { host, port: number } }) => {
  if (number === 0) return [];
  const at = `${host}:${number}`;
  const answer = await fetch(`http://${at}/health/live`, { signal: AbortSignal.timeout(3_000) }).then(
    async (reply) => ({ ok: reply.ok, body: await reply.text().catch(() => '') }),
    (error: unknown) => (isRefused(error) ? null : { ok: false, body: '' }),
  );
  if (answer === null)
    return [
      found('port', null, 'ok', `Nothing listens on ${at}: the service is not running there, and may.`),
    ];
  if (answer.ok && answer.body.includes('"live"'))
    return [found('port', null, 'ok', `The service answers on ${at}.`)];
  return [
    found(
      'port',
      null,
      'bad',
      `Something else listens on ${at}.`,
      'End it, or give the service another port with --port.',
    ),
  ];
};

const isRefused = (error: unknown): boolean =>
  (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';

/** A clock that stands before what this installation has done already. */
export const clock: Check = async (patient) => {
  const newest = newestWrite(patient);
  const ahead = newest === null ? 0 : (newest - patient.nowMs) / 1000;
  if (ahead > 300)
    return [
      found(
        'clock',
        null,
        'bad',
        `This machine's clock stands ${Math.round(ahead / 60)} minutes before its newest file.`,
        'Set the clock, and let it be kept by a time service; gates estimate their clocks by the receipts of this one.',
      ),
    ];
  return [found('clock', null, 'ok', 'The clock does not stand before anything that was written here.')];
};

function newestWrite({ config: { data } }: Patient): number | null {
  const folder = join(data, 'mirror');
  if (!existsSync(folder)) return null;
  const times = readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  return times.length === 0 ? null : Math.max(...times);
}

export const MACHINE: readonly Check[] = [rights, disk, clock, port];
