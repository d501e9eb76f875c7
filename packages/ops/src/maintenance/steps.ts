import { BrokenOff, Failed, rest, waitFor } from './failing.ts';
import { begin, type Hands, note, save } from './hands.ts';
import { hourRefuses } from './hours.ts';
import { type NodeRecord, STEPS, type Step } from './record.ts';
import { watch } from './watch.ts';
import { askPerson, runWork } from './work.ts';

type Forward = (typeof STEPS)[number];

const SAYS: Readonly<Record<Forward, string>> = {
  drain: 'gets nothing new any more; what runs there ends.',
  work: 'is out. The work begins.',
  ready: 'was worked on. Waiting until it is ready.',
  verify: 'is ready. The canary looks at it straight.',
  back: 'works. It is put back by a slow start.',
  watch: 'is back. The canary watches through the front.',
};

const GUARD_MS = 1_000;
const LOOK_MS = 500;
/** Looks at a node by itself: so many well ones in a row, of so many. */
const WELL = 2;
const LOOKS = 6;

/** Takes a node out: nothing new, then nothing at all. Throws `Failed` where requests do not end. */
async function drain({ name }: NodeRecord, { balancers, record, signal }: Hands): Promise<void> {
  await balancers.set(name, 'drain');
  await waitFor(
    async () => {
      const still = await balancers.stillRunning(name);
      return still === null ? null : `requests still run: ${still}`;
    },
    record.settings.drainSeconds,
    signal,
  );
  const trouble = await balancers.besides(name);
  if (trouble !== null) throw new Failed(trouble);
  // From here it comes back by a slow start.
  await balancers.set(name, 'maint');
}

/** Does something while the node stays out, whatever becomes of the balancers: a reload or restart forgets what they were told. */
async function whileOut(node: NodeRecord, hands: Hands, work: () => Promise<void>): Promise<void> {
  const { balancers, record, say } = hands;
  const done = new AbortController();
  await balancers.set(node.name, 'maint');
  const guard = (async () => {
    let told: string | null = null;
    let isLate = record.despite !== null;
    while (!done.signal.aborted) {
      try {
        const at = await balancers.at(node.name);
        if (at.some(({ admin }) => admin !== 'maint')) {
          await balancers.set(node.name, 'maint');
          await note(hands, node, 'guard', 'was given work again by a balancer, and was taken out again.');
        }
        const trouble = await balancers.besides(node.name);
        if (trouble !== null && trouble !== told) say(`Meanwhile: ${trouble}`);
        told = trouble;
        const hour = isLate ? null : hourRefuses(record.settings, hands.now());
        if (hour !== null) say(`${node.name} is still out. ${hour}`);
        isLate ||= hour !== null;
      } catch (error) {
        if (told !== (error as Error).message) say((error as Error).message);
        told = (error as Error).message;
      }
      await rest(GUARD_MS, done.signal).catch(() => {});
    }
  })();
  try {
    await work();
  } finally {
    done.abort();
    await guard;
  }
}

async function runCommand(command: string, node: NodeRecord, hands: Hands): Promise<void> {
  const { looking, record, signal } = hands;
  await runWork(command, {
    node: node.name,
    address: looking.addressOf(node.name),
    place: record.settings.place,
    boundMs: record.settings.workSeconds * 1000,
    signal,
    running: async (running) => {
      record.running = running;
      await save(hands);
    },
  });
}

async function work(node: NodeRecord, hands: Hands): Promise<void> {
  node.worked = true;
  await save(hands);
  const { work: command } = hands.record.settings;
  if (command !== null) return runCommand(command, node, hands);
  const question = `${node.name} is out (${hands.looking.addressOf(node.name)}). Do the work, then press Enter; "back" and Enter takes it back.`;
  await askPerson(question, hands, hands.input);
}

async function ready({ name }: NodeRecord, { looking, record, signal }: Hands): Promise<void> {
  const address = `${looking.addressOf(name)}/health/ready`;
  await waitFor(
    async () => {
      const status = await fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
        async (answer) => {
          await answer.body?.cancel();
          return String(answer.status);
        },
        () => 'no answer',
      );
      return status === '200' ? null : `it is not ready (${status})`;
    },
    record.settings.readySeconds,
    signal,
  );
}

async function verify({ name }: NodeRecord, { looking, signal }: Hands): Promise<void> {
  let well = 0;
  let trouble: string | null = null;
  for (let looks = 0; looks < LOOKS && well < WELL; looks++) {
    if (looks > 0) await rest(LOOK_MS, signal);
    const found = await looking.down([name], false);
    well = found === null ? well + 1 : 0;
    trouble = found ?? trouble;
  }
  if (well < WELL) throw new Failed(trouble ?? 'the canary saw it well and not well in turns');
}

const back = ({ name }: NodeRecord, { balancers }: Hands) => balancers.set(name, 'ready');

const DO: Readonly<Record<Forward, (node: NodeRecord, hands: Hands) => Promise<void>>> = {
  drain,
  work: (node, hands) => whileOut(node, hands, () => work(node, hands)),
  ready: (node, hands) => whileOut(node, hands, () => ready(node, hands)),
  verify: (node, hands) => whileOut(node, hands, () => verify(node, hands)),
  back,
  watch: ({ name }, hands) => watch(name, hands),
};

/** Goes on with a node, whose former states are known, from where it stands to the end, and takes it back where a step fails. Throws `BrokenOff` alone. */
export async function workOn(node: NodeRecord, hands: Hands): Promise<void> {
  if (node.step === 'undo') return takeBack(node, hands, node.why ?? 'it was being taken back');
  try {
    node.state = 'under-way';
    const from = STEPS.indexOf((node.step ?? 'drain') as Exclude<Step, 'undo'>);
    for (const step of STEPS.slice(from)) {
      await begin(hands, node, step, SAYS[step]);
      if (hands.signal.aborted) throw new BrokenOff();
      await DO[step](node, hands);
    }
    node.state = 'done';
    node.step = null;
    await note(hands, node, 'done', 'is back with its whole share.');
  } catch (error) {
    if (error instanceof BrokenOff) throw error;
    await takeBack(node, hands, (error as Error).message);
  }
}

/** True where a node that serves is well and another is not: to take it out as well would be the second mistake. */
async function isTheOneThatWorks({ name }: NodeRecord, { balancers, looking }: Hands): Promise<boolean> {
  if ((await balancers.at(name)).some(({ admin, state }) => admin !== 'ready' || state !== 'up'))
    return false;
  return (await balancers.besides(name)) !== null && (await looking.down([name], false)) === null;
}

/**
 * Puts a node back as it was. A node that was worked on is taken out, the work undone where it is said how, and given to people only
 * when the canary has seen it well; else it stays out. Throws `BrokenOff` alone.
 */
export async function takeBack(node: NodeRecord, hands: Hands, why: string): Promise<void> {
  const { balancers, record, say, signal } = hands;
  node.why = why;
  await begin(hands, node, 'undo', `is taken back: ${why}.`);
  try {
    if (await isTheOneThatWorks(node, hands)) {
      node.state = 'kept';
      node.step = null;
      await note(hands, node, 'kept', 'works by itself and others do not: it stays in, with the work done.');
      return;
    }
    if (node.worked) await undo(node, hands);
    await balancers.set(node.name, node.former);
    if (node.worked && Object.values(node.former).every((state) => state === 'ready'))
      await waitFor(
        async () => {
          const out = (await balancers.at(node.name)).find(({ state }) => state === 'down');
          return out ? `${out.balancer} says ${out.status}` : null;
        },
        record.settings.readySeconds,
        signal,
      );
    node.state = 'rolled-back';
    node.step = null;
    await note(hands, node, 'rolled-back', 'is as it was before.');
  } catch (error) {
    if (error instanceof BrokenOff) throw error;
    const and = (error as Error).message;
    node.why = `${why}; and after that ${and}`;
    node.step = null;
    if (node.worked) {
      await balancers.set(node.name, 'maint').catch((refused: Error) => say(refused.message));
      node.state = 'out';
      await note(hands, node, 'out', `stays out: ${and}.`);
    } else {
      // Nothing was done to it, and a balancer that cannot be told now could not be told before.
      node.state = 'rolled-back';
      await note(hands, node, 'rolled-back', `is as it was, where that could be said: ${and}`);
    }
  }
}

/** Takes a node that was worked on out, undoes the work where it is said how, and looks at it. Throws `Failed` where it is not well. */
async function undo(node: NodeRecord, hands: Hands): Promise<void> {
  const { record, say } = hands;
  await drain(node, hands).catch((error: unknown) => {
    if (error instanceof BrokenOff) throw error;
    say(`${node.name}: ${(error as Error).message}; it is taken out all the same.`);
  });
  const { undo: command } = record.settings;
  await whileOut(node, hands, async () => {
    if (command !== null) await runCommand(command, node, hands);
    await ready(node, hands);
    await verify(node, hands);
  });
}
