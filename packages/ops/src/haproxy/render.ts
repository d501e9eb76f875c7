import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHIPPED = fileURLToPath(new URL('../../../../deploy/haproxy/haproxy.cfg', import.meta.url));

/** A program behind the balancer. */
export interface ProxyServer {
  readonly name: string;
  /** This machine where nothing is said. */
  readonly host?: string;
  readonly port: number;
  /** Where it answers agent checks; none where it answers none. */
  readonly agentPort?: number;
}

/** Requests (connections: open ones) that one client network may make in ten seconds, by kind. */
export interface ProxyLimits {
  readonly connections: number;
  readonly session: number;
  readonly issue: number;
  readonly upload: number;
  readonly other: number;
}

/** How often nodes are looked at, and how long a node that was away takes to its whole share. */
export interface ProxyPace {
  readonly checkMs: number;
  readonly agentMs: number;
  readonly slowStartMs: number;
}

/** What differs from the file that is shipped. What is not said stays as it is there, but for what only a whole machine has. */
export interface ProxyOptions {
  /** Where the front door listens: `127.0.0.1:8080`. Without TLS. */
  readonly bind: string;
  /** Path of the runtime socket, or `ipv4@127.0.0.1:9999`. */
  readonly socket: string;
  readonly nodes: readonly ProxyServer[];
  /** Where none is named, the nodes are the authority too. */
  readonly authority?: readonly ProxyServer[];
  readonly mirrors?: readonly ProxyServer[];
  /** Where counts are served, `127.0.0.1:8404`; nowhere where nothing is said. */
  readonly counts?: string;
  readonly limits?: Partial<ProxyLimits>;
  readonly pace?: Partial<ProxyPace>;
}

type Lines = readonly string[];

const SHIPPED_AS = (what: string) =>
  new Error(`deploy/haproxy/haproxy.cfg ${what}: render.ts knows another one.`);
const WORD = / +#= ([\w-]+)$/;

/** Puts `change` of the lines that end with a word in their place. Throws where there is none. */
function fill(lines: Lines, word: string, change: (line: string, place: number) => Lines): Lines {
  let place = 0;
  const filled = lines.flatMap((line) =>
    WORD.exec(line)?.[1] === word ? change(line.replace(WORD, ''), place++) : [line],
  );
  if (place === 0) throw SHIPPED_AS(`has no line that ends with "#= ${word}"`);
  return filled;
}

/** Replaces what a line says. Throws where it says nothing of the kind. */
function reworded(line: string, pattern: RegExp, words: string): string {
  if (!pattern.test(line)) throw SHIPPED_AS(`does not say ${pattern} where it should`);
  return line.replace(pattern, words);
}

/** Any user may open so many. */
const MOST_OPEN = 2_000;

const serverLine = ({ name, host = '127.0.0.1', port }: ProxyServer): string =>
  `  server ${name} ${host}:${port}`;
const nodeLine = (node: ProxyServer): string =>
  `${serverLine(node)} ${node.agentPort === undefined ? 'no-agent-check' : `agent-port ${node.agentPort}`}`;

const PACED: Readonly<Record<keyof ProxyPace, readonly (readonly [word: RegExp, part: number])[]>> = {
  checkMs: [
    [/(?<= inter )\w+/, 1],
    [/(?<= fastinter )\w+/, 1 / 4],
    [/(?<= downinter )\w+/, 1 / 2],
  ],
  agentMs: [[/(?<= agent-inter )\w+/, 1]],
  slowStartMs: [[/(?<= slowstart )\w+/, 1]],
};

/**
 * The balancer's configuration as it is shipped, for other ports, nodes and folders, and for any user: what tests and drills run.
 * @param shipped text of the shipped file
 */
export function renderHaproxy(
  { bind, socket, nodes, authority = nodes, mirrors = [], counts, limits = {}, pace = {} }: ProxyOptions,
  shipped: string = readFileSync(SHIPPED, 'utf8'),
): string {
  let lines: Lines = shipped.split('\n');
  const put = (word: string, ...written: string[]): void => {
    lines = fill(lines, word, (_line, place) => (place === 0 ? written : []));
  };
  put('system');
  put('socket', `  stats socket ${socket} level admin${socket.startsWith('/') ? ' mode 600' : ''}`);
  put('maxconn', `  maxconn ${MOST_OPEN}`);
  put('bind', `  bind ${bind}`);
  put('https');
  put('nodes', ...nodes.map(nodeLine));
  put('authority', ...authority.map(serverLine));
  put('mirrors', ...mirrors.map(serverLine));
  put('counts', ...(counts === undefined ? [] : [`  bind ${counts}`]));
  for (const [kind, most] of Object.entries(limits))
    lines = fill(lines, `limit-${kind}`, (line) => [reworded(line, /(?<= gt )\d+/, String(most))]);
  for (const [kind, ms] of Object.entries(pace))
    lines = fill(lines, 'pace', (line) => [
      `${PACED[kind as keyof ProxyPace].reduce(
        (text, [word, part]) => reworded(text, word, `${Math.ceil(ms * part)}ms`),
        line,
      )} #= pace`,
    ]);
  return lines.map((line) => line.replace(WORD, '')).join('\n');
}
