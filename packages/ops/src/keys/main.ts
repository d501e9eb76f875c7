import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '@munjigi/core/rules';
import { makePrivateKey, publicPoint } from '@munjigi/service/crypto';
import {
  beginWeek,
  daysOf,
  sheetPage,
  sheetsOf,
  sheetText,
  type Wish,
  weekOf,
  wishFor,
  wrapWeek,
} from '@munjigi/service/keys';
import { rotateReceiptKey } from '@munjigi/service/register';
import { deskStores } from '@munjigi/service/retention';
import {
  DESK_OPTIONS,
  DESK_USAGE,
  deskConfig,
  parse,
  runCommand,
  say,
  UsageError,
} from '../lib/desk-data.ts';

const USAGE = `munjigi keys sheets|rotate --desk DESK [options]

rotate   changes a key while the doors are open: the new one stands in the bundle before anything is signed by it, and what
         the old one signed stays good. The service does what only it can do within its next look, or when it is started.
  --key KEY                 register: receipt · issuer: issuing · authority: delegate, root · any desk: line
  --at-once                 receipt: the new key signs at once, for one that was stolen

sheets   makes the recovery key of a desk for one week, and writes its private half as three sheets: two for officers of the
         desk's body, one for a custodian outside of it. Any two bring lost day keys back. The private half is then
         forgotten: print the sheets, hand them over, and destroy the files.
  --desk DESK               issuer, register or authority
  --week MONDAY             the week, by its Monday (next week)
  --to FOLDER               where the sheets are written, as pages to print and as text

${DESK_USAGE}`;

const OPTIONS = {
  ...DESK_OPTIONS,
  desk: { type: 'string' },
  week: { type: 'string' },
  to: { type: 'string' },
  key: { type: 'string' },
  'at-once': { type: 'boolean' },
} as const;

/** `munjigi keys`: resolves to the exit code. */
export function main([verb, ...args]: readonly string[], nowMs = Date.now()): Promise<number> {
  return runCommand('keys', USAGE, async () => {
    if (verb === undefined || verb === '--help') {
      process.stdout.write(USAGE);
      return verb === undefined ? 2 : 0;
    }
    const { help, desk, week, to, key, 'at-once': atOnce = false, ...rest } = parse(args, OPTIONS);
    if (help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (verb === 'rotate') return rotate({ ...rest, desks: desk }, key, atOnce, nowMs);
    if (verb !== 'sheets') throw new UsageError(`there is no "keys ${verb}".`);
    if (!desk) throw new UsageError('--desk names the desk.');
    if (!to) throw new UsageError('--to names the folder that the sheets are written to.');
    const { stores, policy } = await deskStores(deskConfig({ ...rest, desks: desk }));
    const [entry] = stores;
    if (!entry || stores.size !== 1) throw new UsageError('--desk names one desk.');
    const [body, keys] = entry;
    const monday = week ?? weekOf(addDays(policy.calendar.dateOf(Math.floor(nowMs / 1000)), 7));
    if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(monday))
      throw new UsageError('--week is a Monday such as 2022-01-10.');
    const store = await daysOf(keys);
    const privateKey = makePrivateKey();
    const sheets = await sheetsOf(body, monday, privateKey);
    const publicKey = publicPoint(privateKey);
    privateKey.fill(0);
    await beginWeek(store, monday, publicKey);
    mkdirSync(to, { recursive: true, mode: 0o700 });
    const files = sheets.map((sheet) => {
      const name = `${body}-${monday}-${sheet.holder}`;
      writeFileSync(join(to, `${name}.html`), sheetPage(sheet), { mode: 0o600 });
      writeFileSync(join(to, `${name}.txt`), `${sheetText(sheet)}\n`, { mode: 0o600 });
      return name;
    });
    say({ body, week: monday, sheets: files, wraps: await wrapWeek(store, monday) });
    return 0;
  });
}

/** What each desk can change by itself. */
const ROTATED: Readonly<Record<string, readonly string[]>> = {
  register: ['receipt', 'line'],
  issuer: ['issuing', 'line'],
  authority: ['delegate', 'root', 'line'],
};
const DAY = 86_400;

async function rotate(
  flags: Readonly<Record<string, unknown>>,
  key: string | undefined,
  atOnce: boolean,
  nowMs: number,
): Promise<number> {
  const { stores } = await deskStores(deskConfig(flags));
  const [entry] = stores;
  if (!entry || stores.size !== 1) throw new UsageError('--desk names one desk.');
  const [body, keys] = entry;
  if (!key || !ROTATED[body]?.includes(key))
    throw new UsageError(`--key of the ${body} is one of ${ROTATED[body]?.join(', ')}.`);
  const at = Math.floor(nowMs / 1000);
  if (key === 'receipt') {
    const { from } = await rotateReceiptKey(keys, at, atOnce ? at : at + DAY);
    say({ body, key, signsFrom: new Date(from * 1000).toISOString() });
  } else if (key === 'line') {
    await keys.destroy('line');
    await keys.secret('line', makePrivateKey);
    say({ body, key, signsFrom: 'the next start of the service' });
  } else {
    await wishFor(keys, key as Wish);
    say({ body, key, signsFrom: 'the next look of the service' });
  }
  return 0;
}
