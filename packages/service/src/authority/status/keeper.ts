import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ComponentState,
  firstAt,
  type Incident,
  phaseOf,
  signStatus,
  worksAgain,
} from '@munjigi/core/incident';
import { LANGUAGES, type Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import { type Now, openNow } from '@munjigi/core/trust';
import { nowSeconds, type StoryClockPort } from '../../clock/index.ts';
import { writeWhole } from '../../crypto/index.ts';
import type { Database } from '../../db/index.ts';
import type { Documents, Published } from '../documents.ts';
import type { RootKeeper } from '../root.ts';
import { answerPage } from './answer-page.ts';
import { factsOf } from './facts.ts';
import { feed } from './feed.ts';
import { historyPage } from './history-page.ts';
import { feedOf, fileOf, type PageFacts, type Said, silentOf } from './page.ts';
import { NOT_SILENT } from './silent.ts';
import { statusPage } from './status-page.ts';

/** The pages are written anew at least so often, so that it is seen when they are not. Seconds. */
const EVERY_SECONDS = 60;
/** What is not written anew for so long has stopped. */
const STOPPED_SECONDS = 300;
/** Lines of the day that a page shows. */
const MOST_SAID = 20;

export interface StatusParts {
  readonly db: Database;
  readonly documents: Documents;
  readonly root: RootKeeper;
  readonly policy: Policy;
  readonly exercise: boolean;
  readonly clock: StoryClockPort;
  readonly crypto: Crypto;
  /** Folder of the mirror; the pages stand in `status/` under it. */
  readonly mirror: string;
  readonly states: () => Promise<readonly ComponentState[]>;
  readonly incidents: () => Promise<readonly Incident[]>;
}

/** Writes the status page of this desk into its mirror: plain signed files, which anybody may serve while everything else is down. */
export class StatusKeeper {
  #said = '';
  #writtenAt = Number.NEGATIVE_INFINITY;
  #read: { readonly of: Published; readonly now: Now } | null = null;

  constructor(private readonly parts: StatusParts) {}

  /** Writes the pages where something on them has changed, or they grow old. Nothing while nothing was published. */
  async write(): Promise<void> {
    const { documents, root, clock, exercise } = this.parts;
    const at = nowSeconds(clock);
    const published = documents.latest('now');
    if (!published) return;
    const incidents = await this.parts.incidents();
    const states = shownStates(await this.parts.states(), incidents);
    const said = await this.#saidToday(at);
    const content = JSON.stringify([published.sequence, states, incidents, said]);
    if (content === this.#said && Math.abs(at - this.#writtenAt) < EVERY_SECONDS) return;
    const standing = await root.at(at);
    const now = await this.#nowOf(published, standing.root);
    if (!now) return;
    const policy = exercise ? { ...this.parts.policy, exercise: true } : this.parts.policy;
    const nextBy = at + STOPPED_SECONDS;
    const venues = factsOf(policy, now, at);
    const pages = pagesOf({ policy, now, venues, states, incidents, said, writtenAt: at, nextBy });
    const folder = join(this.parts.mirror, 'status');
    await mkdir(folder, { recursive: true });
    for (const [name, text] of pages) await writeWhole(join(folder, name), text);
    for (const language of LANGUAGES) await writeWhole(join(folder, silentOf(language)), NOT_SILENT);
    const status = await signStatus(
      {
        version: 1,
        writtenAt: at,
        nextBy,
        exercise: policy.exercise,
        states,
        incidents,
        now: published.digest,
        files: new Map([...pages].map(([name, text]) => [name, digestOf(text)])),
      },
      standing.delegate,
    );
    await writeWhole(join(folder, 'status.cose'), status);
    this.#said = content;
    this.#writtenAt = at;
  }

  async #nowOf(of: Published, root: Parameters<typeof openNow>[1]): Promise<Now | null> {
    if (this.#read?.of === of) return this.#read.now;
    const now = await openNow(of.bytes, root, this.parts.crypto).catch(() => null);
    this.#read = now && { of, now };
    return now;
  }

  /** What was said since midnight, and what counted then. */
  async #saidToday(at: number): Promise<readonly Said[]> {
    const { calendar } = this.parts.policy;
    const { rows } = await this.parts.db.query<Omit<Said, 'at'> & { valid_from: number }>(
      'SELECT notice, status, parameters, valid_from FROM notice ORDER BY notice_no DESC LIMIT $1',
      [MOST_SAID],
    );
    const midnight = calendar.startOf(calendar.dateOf(at));
    return rows
      .map(({ valid_from, ...one }) => ({ ...one, at: valid_from }))
      .filter((one) => one.at >= midnight && one.at <= at);
  }
}

/**
 * How components stand, as the page says it: since an incident began where one lasts, and with those that no canary looks at and
 * somebody reported.
 */
function shownStates(
  states: readonly ComponentState[],
  incidents: readonly Incident[],
): readonly ComponentState[] {
  const lasting = incidents
    .filter((one) => phaseOf(one) !== 'closed' && !worksAgain(one))
    .map(
      (one): ComponentState => ({
        component: one.component,
        state: one.state,
        since: firstAt(one, 'began'),
      }),
    );
  const reported = lasting.filter((one) => states.every(({ component }) => component !== one.component));
  return [
    ...states.map((state) => lasting.find(({ component }) => component === state.component) ?? state),
    ...reported,
  ];
}

const digestOf = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text, 'utf8').digest());

/** Every file of the status page by its name, but for the pictures of silence and the signature over all. */
export function pagesOf(facts: PageFacts): ReadonlyMap<string, string> {
  return new Map(
    LANGUAGES.flatMap((language) => [
      [fileOf('status', language), statusPage(facts, language)] as const,
      [fileOf('answer', language), answerPage(facts, language)] as const,
      [fileOf('history', language), historyPage(facts, language)] as const,
      [feedOf(language), feed(facts, language)] as const,
    ]),
  );
}
