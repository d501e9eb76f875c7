import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { DemoControl } from './demo-control.ts';
import { Director } from './director.ts';
import { type FrontParts, frontOf } from './front.ts';
import { Mirror } from './mirror.ts';
import type { StartOptions } from './options.ts';
import { appFolder, PROGRAM } from './places.ts';
import { readRecord } from './record.ts';
import { type Alone, openOwnPostgres, Servers } from './servers/index.ts';
import { ServiceCalls } from './service-calls.ts';
import { ServiceProxy } from './service-proxy.ts';
import { staffOf } from './staff.ts';
import { StaticApps } from './static-apps.ts';
import { anyVenue, readStory, type Story } from './story.ts';
import { walletAddress } from './words.ts';

/** As many as stand behind one front door of a country, at the least. */
const SERVERS = 3;

/** Everything that is played on, and by whom. */
export interface Stage {
  /** Answers every address. */
  readonly front: RequestListener;
  readonly director: Director;
  readonly staff: ReturnType<typeof staffOf>;
  readonly story: Story | null;
  /** Why there is one server alone; null where there are three. */
  readonly alone: Alone | null;
  /** Ends every process of it: the servers, then their database. */
  end(): Promise<void>;
}

export interface StageChoice {
  readonly options: StartOptions;
  /** Folder of the pack. */
  readonly pack: string;
  readonly before?: FrontParts['before'];
}

/** Opens the database and puts everything in its place. No server runs before the director begins. */
export async function openStage(
  { options, pack, before }: StageChoice,
  say: (line: string) => void,
): Promise<Stage> {
  const told = await readStory(pack);
  const story = options.now ? null : told;
  const record = await readRecord(pack);
  const venue = told ? { ...told.venue, name: told.venue.name.ko } : await anyVenue(pack);
  const clockFile = path.join(options.data, 'clock.json');
  const tell = (line: string) => say(`munjigi: ${line}`);

  const database = await openOwnPostgres(options.data, options.embedded, tell);
  const alone = typeof database === 'string' ? database : null;
  const servers = new Servers(alone === null ? SERVERS : 1, {
    program: PROGRAM,
    args: [
      ...['--desks', 'issuer,register,authority', '--data', options.data, '--policy', pack],
      ...['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--log', 'warn'],
      // The proxy is this process, and ends with it.
      ...['--behind-proxy', '--drain-seconds', '0'],
      // The story's guests all come from this page: they wait for nobody.
      ...['--exercise', '--limit-first', '64', '--wallet-address', walletAddress(options)],
      ...(typeof database === 'string' ? [] : database.flags),
      ...(story ? ['--clock-file', clockFile] : []),
    ],
    say: tell,
    beforeStart: async (clock) => {
      if (clock) await writeFile(clockFile, JSON.stringify(clock));
    },
  });
  const token = () => readFileSync(path.join(options.data, 'keys', 'operator-token.key'), 'utf8').trim();
  const calls = new ServiceCalls(() => servers.ports, token);
  const mirror = new Mirror(path.join(options.data, 'mirror'));
  const staff = staffOf(calls);
  const director = new Director({ servers, calls, mirror, story, venue, owner: staff.owner });
  const proxy = new ServiceProxy();
  const front = frontOf({
    apps: new StaticApps([
      { address: '/gate/', folder: appFolder('gate') },
      { address: '/wallet/', folder: appFolder('wallet') },
      { address: '/console/', folder: appFolder('console'), console: true },
      { address: '/', folder: appFolder('demo') },
    ]),
    mirror,
    proxy,
    // After a repair the doors open when the clock of that minute is in the mirror, so that no device dates it earlier.
    serverFor: () => (director.phase === 'stopped' ? null : servers.next()),
    control: new DemoControl({ director, servers, alone, calls, story, policy: options.policy, record }),
    ...(before ? { before } : {}),
  });
  return {
    front,
    director,
    staff,
    story,
    alone,
    async end() {
      proxy.close();
      director.end();
      await servers.stop();
      if (typeof database !== 'string') await database.stop();
    },
  };
}
