import { pause } from '../canary/rounds.ts';
import { RuntimeRefused } from '../haproxy/index.ts';
import { type Hands, mark, save } from './hands.ts';
import { hourRefuses } from './hours.ts';
import type { MaintenanceRecord, NodeRecord } from './record.ts';
import { takeBack, workOn } from './steps.ts';

/**
 * Why a node may not be taken out as things stand; null where it may. The canary is asked twice: one look may be chance. Where the node
 * itself does not work, what is wrong at the front is no reason to leave it there.
 */
export async function thingsRefuse(
  node: string,
  { balancers, looking, signal }: Pick<Hands, 'balancers' | 'looking' | 'signal'>,
): Promise<string | null> {
  try {
    const trouble = await balancers.besides(node);
    if (trouble !== null) return trouble;
  } catch (error) {
    if (error instanceof RuntimeRefused) return error.message;
    throw error;
  }
  const others = looking.nodes.filter((name) => name !== node);
  if ((await looking.down(others, true)) === null) return null;
  await pause(500, signal);
  const isIll = (await looking.down([node], false)) !== null;
  const second = await looking.down(others, !isIll);
  return second === null ? null : `Something is wrong before this node was begun: ${second}.`;
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
        (await thingsRefuse(node.name, hands));
      if (refused !== null) return finish(hands, 'stopped', refused);
    }
    if (node.state === 'waits') {
      const former = await hands.balancers.formerOf(node.name).catch((error: Error) => error);
      if (former instanceof Error) return finish(hands, 'stopped', former.message);
      node.former = former;
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
  out: ({ name, why }) => `${name} IS OUT, because ${why}`,
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
