import { join } from 'node:path';
import type { PassGrid } from '@munjigi/core/trust';
import type { Reach } from './call.ts';
import { CanaryGate } from './gate.ts';
import { judge } from './judging.ts';
import { lookAtMirror } from './mirror.ts';
import { Passes } from './passes.ts';
import { Trouble, Way } from './seen.ts';
import type { CanarySettings, Door, Mirror } from './settings.ts';
import type { CanaryTrust } from './trust.ts';

/** One look at something: all the ways that it went. It resolves within a few deadlines, whatever is down. */
export type Look = () => Promise<readonly Way[]>;

export interface LookParts {
  readonly folder: string;
  readonly settings: CanarySettings;
  readonly trust: CanaryTrust;
  readonly reach: Reach;
}

/** So long a showing waits for the pass of this very round; then, or where the last round got none, an earlier one is shown. */
export const PATIENCE_MS = 300;

/** Ends a way that met trouble: it is told of by the way itself. */
const noted = (error: unknown): void => {
  if (!(error instanceof Trouble)) throw error;
};

/**
 * A guest's whole way through one door: a pass is issued, shown and judged, and the entry sent and receipted. While the issuer
 * is away an earlier pass is shown, so that each is looked at whatever has become of the others.
 */
export async function lookThrough(door: Door, parts: LookParts): Promise<Look> {
  const { settings, trust, reach } = parts;
  const folder = join(parts.folder, 'doors', door.name);
  const issuer = `${door.url}/api/issuer`;
  const passes = await Passes.open(folder, settings.enrolments[door.name] ?? '', issuer);
  const newcomer = settings.newcomers?.[door.name];
  const firsts = newcomer ? await Passes.open(join(folder, 'first'), newcomer, issuer) : null;
  const gate = await CanaryGate.open({
    folder,
    name: `${settings.name} ${door.name}`,
    address: `${door.url}/api/register`,
    venue: settings.venue,
  });
  let issuing = true;
  return async () => {
    const ways = (['issuers', 'judging', 'register'] as const).map(
      (component) => new Way(component, door.name, door.side),
    );
    const [issuers, judging, register] = ways as [Way, Way, Way];
    const grid = trust.current?.trust.grid ?? null;
    const issued = issuers.step('issue', () => passes.issue(reach, grid)).catch(noted);
    // It is waited for at the end; until then its fault is nobody's.
    issued.catch(() => {});
    if (issuing || !passes.newest())
      await Promise.race([issued, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    const pass = passes.newest();
    const judged = pass && (await judge(judging, pass, trust, settings.venue).catch(noted));
    if (judged) await gate.record(register, judged, trust, reach).catch(noted);
    await issued;
    issuing = issuers.trouble === null;
    if (issuing && firsts) await comeNew(issuers, firsts, reach, grid).catch(noted);
    return ways;
  };
}

/** Somebody comes who has no pass: a surge of them has a queue of its own, and a door at which too many knock. Throws `Trouble`. */
async function comeNew(way: Way, firsts: Passes, reach: Reach, grid: PassGrid | null): Promise<void> {
  if (await way.step('enrol', () => firsts.enrolAnew(reach)))
    await way.step('issue', () => firsts.issue(reach, grid));
}

/** The documents of one mirror, all of them every minute and the small one every time. */
export function lookAt(mirror: Mirror, { trust, reach }: LookParts, wholeEvery = 12): Look {
  let round = 0;
  return async () => {
    const way = new Way('documents', mirror.name);
    const whole = round++ % wholeEvery === 0;
    await lookAtMirror(way, mirror, { trust, reach, whole }).catch(noted);
    return [way];
  };
}
