import { calendarOf } from '@munjigi/core/rules';
import { pause } from '../canary/rounds.ts';
import { type Hands, mark, save } from './hands.ts';
import { busyAt } from './hours.ts';
import type { Settings } from './options.ts';
import type { MaintenanceRecord, NodeRecord } from './record.ts';
import { takeBack, workOn } from './steps.ts';

/** Why a node may not be taken out at this hour; null where it may. */
export const hourRefuses = ({ timeZone, busyHours, marginMinutes }: Settings, nowMs: number): string | null =>
  busyAt(Math.floor(nowMs / 1000), calendarOf(timeZone), busyHours, marginMinutes);

type Checking = Pick<Hands, 'balancers' | 'looking' | 'signal'>;

/** Why a node may not be taken out as things stand; null where it may. The canary is asked twice: one look may be chance. */
export async function thingsRefuse(
  node: string,
  settings: Settings,
  parts: Checking,
): Promise<string | null> {
  const trouble = await parts.balancers.besides(node);
  if (trouble !== null) return trouble;
  const others = settings.nodes.filter((name) => name !== node);
  const first = await parts.looking.down(others, true);
  if (first === null) return null;
  await pause(500, parts.signal);
  const second = await parts.looking.down(others, true);
  return second === null ? null : `Something is wrong before anything was begun: ${second}.`;
}

/**
 * Goes through the nodes that are left, one after the other, and stops at the first that is not well in the end or may not be begun.
 * Answers why it stopped; null where it came to the end.
 * @param isChecked true where the first node was just found to be free to go
 */
export async function goRound(hands: Hands, isChecked: boolean): Promise<string | null> {
  const { record } = hands;
  const { settings } = record;
  const left = record.nodes.filter(({ state }) => state === 'waits' || state === 'under-way');
  for (const [i, node] of left.entries()) {
    if (node.state === 'waits' && !(isChecked && i === 0)) {
      const refused =
        (record.despite === null ? hourRefuses(settings, hands.now()) : null) ??
        (await thingsRefuse(node.name, settings, hands));
      if (refused !== null) return finish(hands, 'stopped', refused);
    }
    await workOn(node, hands);
    if (node.state !== 'done')
      return finish(hands, node.state === 'kept' ? 'stopped' : 'rolled-back', node.why);
  }
  return finish(hands, 'done', null);
}

/** Takes back what is under way, and leaves the rest alone. */
export async function abandon(hands: Hands): Promise<void> {
  const node = hands.record.nodes.find(({ state }) => state === 'under-way');
  if (node) await takeBack(node, hands, 'the maintenance was abandoned');
  await finish(hands, 'rolled-back', 'the maintenance was abandoned');
}

async function finish(
  hands: Hands,
  ended: NonNullable<MaintenanceRecord['ended']>,
  why: string | null,
): Promise<string | null> {
  hands.record.ended = ended;
  await save(hands);
  await mark(hands, ended === 'rolled-back' ? 'rolled-back' : 'ended');
  return why;
}

const STATES: Readonly<Record<NodeRecord['state'], (node: NodeRecord) => string>> = {
  waits: ({ name }) => `${name} was not touched`,
  'under-way': ({ name, step }) => `${name} is under way (${step})`,
  done: ({ name }) => `${name} was worked on and is back`,
  'rolled-back': ({ name, why }) => `${name} is as it was before, because ${why}`,
  kept: ({ name, why }) => `${name} was worked on and stays in, because it works and others do not (${why})`,
  out: ({ name, why }) => `${name} IS OUT AND DOES NOT WORK, after ${why}`,
};

/** What was done and how everything stands, in one sentence. */
export const inOneSentence = ({ number, nodes }: MaintenanceRecord): string =>
  `Maintenance ${number}: ${nodes.map((node) => STATES[node.state](node)).join('; ')}.`;

/** The same for scripts: the last line of standard output. */
export const lastLine = ({ number, ended, despite, nodes }: MaintenanceRecord, why: string | null) => ({
  maintenance: number,
  ended: ended ?? 'broken-off',
  why,
  despite,
  nodes: Object.fromEntries(nodes.map(({ name, state }) => [name, state])),
});
