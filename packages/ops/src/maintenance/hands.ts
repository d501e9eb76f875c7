import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { addMarker, type Marker } from '../lib/markers.ts';
import type { Balancers } from './balancers.ts';
import type { Looking } from './looking.ts';
import { type MaintenanceRecord, type NodeRecord, type Step, saveRecord } from './record.ts';

/** What a maintenance works with, and where it tells what it does. */
export interface Hands {
  readonly folder: string;
  readonly record: MaintenanceRecord;
  readonly balancers: Balancers;
  readonly looking: Looking;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** One line of standard output. */
  readonly tell: (line: object) => void;
  /** One sentence of standard error. */
  readonly say: (sentence: string) => void;
  readonly input: NodeJS.ReadableStream;
}

const seconds = ({ now }: Hands): number => Math.floor(now() / 1000);

export const save = ({ folder, record }: Hands): Promise<void> => saveRecord(folder, record);

/** Writes down, and tells, what begins or was found at a node. */
export async function note(hands: Hands, node: NodeRecord, step: string, says: string): Promise<void> {
  const line = { at: seconds(hands), node: node.name, step, says };
  hands.record.steps.push(line);
  await save(hands);
  hands.tell({ maintenance: hands.record.number, ...line });
  hands.say(`${node.name}: ${says}`);
}

/** A step begins: it stands in the record before anything of it is done. */
export async function begin(hands: Hands, node: NodeRecord, step: Step, says: string): Promise<void> {
  node.step = step;
  await note(hands, node, step, says);
}

const LONGEST = 80;

/** Every graph shows it. The reason for which it began in busy hours stands there too, as far as there is room. */
export async function mark(hands: Hands, phase: Marker['phase']): Promise<void> {
  const { number, settings, nodes, despite } = hands.record;
  const back =
    phase === 'rolled-back' ? nodes.find(({ state }) => ['rolled-back', 'out'].includes(state)) : null;
  const names = back ? back.name : settings.nodes.join(' ');
  const change = `maintenance ${number} of ${names}${despite === null ? '' : `, despite the hour: ${despite}`}`;
  await mkdir(dirname(settings.markers), { recursive: true });
  await addMarker(settings.markers, {
    at: seconds(hands),
    change: change.length > LONGEST ? `${change.slice(0, LONGEST - 1)}…` : change,
    phase,
    back: 'Ctrl-C, then munjigi maintenance --abandon',
  });
}
