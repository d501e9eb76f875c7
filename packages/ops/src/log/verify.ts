import { equalBytes, toHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import {
  isSameHead,
  KEEPER,
  type LogHead,
  leafHash,
  lineId,
  type NodeReader,
  nodesOfLeaf,
  openCosignature,
  openHead,
  openLine,
  openLogReceipt,
  readCompactHead,
  readCosigned,
  treeRoot,
} from '@munjigi/core/log';
import { compilePolicy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import { checkNotified, type ToldDay } from './notified.ts';
import type { LogSource } from './source.ts';
import type { LogTrust } from './trust.ts';

const PAGE = 500;
const MOST_PROBLEMS = 100;

/** One broken rule. `at` is the index of a line, the size of a head, or a day. */
export interface Problem {
  readonly rule:
    | 'line'
    | 'line-twice'
    | 'head'
    | 'head-root'
    | 'head-time'
    | 'head-twice'
    | 'head-missing'
    | 'cosignature'
    | 'bundle-head'
    | 'now-head'
    | 'shown-head'
    | 'receipt'
    | 'notified';
  readonly at: number | string;
  readonly code: string | null;
}

export interface LogReport {
  readonly verified: boolean;
  readonly origin: string;
  readonly size: number;
  /** Root over all lines, computed here; hexadecimal. */
  readonly root: string;
  readonly rootDocument: string;
  readonly rootPinned: boolean;
  readonly heads: number;
  /** Heads that each other body signed. */
  readonly cosigned: Readonly<Record<string, number>>;
  /** Size of the newest head that two other bodies signed. */
  readonly cosignedSize: number;
  /** Days of lookups, as the log counts them and as the daily files tell them. */
  readonly notified: readonly ToldDay[];
  readonly receipt?: { readonly index: number; readonly size: number } | null;
  readonly problems: readonly Problem[];
}

/** What else is held against the log. */
export interface Evidence {
  readonly receipt?: Uint8Array;
  readonly line?: Uint8Array;
  /** A cosigned head from elsewhere: another mirror, a gate. */
  readonly head?: Uint8Array;
}

const codeOf = (error: unknown): string => {
  if (!isMunjigiError(error)) throw error;
  return error.code;
};

/**
 * Checks a whole log: each line's signature, body, kind and fields; the tree over all of them, computed anew; every head's
 * signature, root and time; every signature of another body. All heads are roots of the one tree that was computed, so each
 * grew out of every one before it.
 */
export async function verifyLog(
  source: LogSource,
  trust: LogTrust,
  crypto: Crypto,
  evidence: Evidence = {},
): Promise<LogReport> {
  const problems: Problem[] = [];
  const note = (rule: Problem['rule'], at: number | string, code: string | null = null) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ rule, at, code });
  };
  const { size, read, resolved } = await readLines(source, trust, crypto, note);
  const rootAt = (n: number) => treeRoot(n, read);
  const isPrefix = (head: { size: number; root: Uint8Array }) =>
    head.size <= size && equalBytes(rootAt(head.size), head.root);

  const counted = await readHeads(source, trust, crypto, isPrefix, note);
  if (size > 0 && counted.newest !== size) note('head-missing', size);
  for (const [rule, short] of [
    ['bundle-head', trust.bundle.logHead],
    ['now-head', trust.now?.logHead ?? null],
  ] as const)
    if (short && !isPrefix(readCompactHead(short))) note(rule, readCompactHead(short).size);
  if (evidence.head) {
    try {
      const shown = await openHead(readCosigned(evidence.head).head, trust.key, crypto);
      if (shown.origin !== trust.origin || !isPrefix(shown)) note('shown-head', shown.size);
    } catch (error) {
      note('shown-head', 0, codeOf(error));
    }
  }
  const today = compilePolicy(trust.bundle.pack).calendar.dateOf(counted.newestAt);
  const notified: ToldDay[] = [];
  for (const [day, logged] of resolved) {
    const { code, ...told } = await checkNotified(
      source,
      trust,
      { day, logged, isOver: day < today },
      crypto,
    );
    notified.push(told);
    if (code) note('notified', day, code);
  }
  const receipt =
    evidence.receipt && evidence.line
      ? await checkReceipt(evidence, trust, isPrefix, crypto, note)
      : undefined;
  return {
    verified: problems.length === 0,
    origin: trust.origin,
    size,
    root: toHex(rootAt(size)),
    rootDocument: trust.rootDigest,
    rootPinned: trust.pinned,
    heads: counted.heads,
    cosigned: counted.cosigned,
    cosignedSize: counted.cosignedSize,
    notified,
    ...(receipt === undefined ? {} : { receipt }),
    problems,
  };
}

type Note = (rule: Problem['rule'], at: number | string, code?: string | null) => void;

async function readLines(source: LogSource, trust: LogTrust, crypto: Crypto, note: Note) {
  const nodes = new Map<string, Uint8Array>();
  const read: NodeReader = (level, n) => nodes.get(`${level} ${n}`)!;
  const known = new Set<string>();
  const resolved = new Map<string, number>();
  let size = 0;
  for (;;) {
    const page = await source.lines(size, PAGE);
    for (const bytes of page) {
      try {
        const { kind, fields } = await openLine(bytes, trust.bodies, crypto);
        const id = toHex(lineId(bytes));
        if (known.has(id)) note('line-twice', size);
        known.add(id);
        if (kind === 'resolved') {
          const day = fields.day as string;
          resolved.set(day, (resolved.get(day) ?? 0) + (fields.count as number));
        }
      } catch (error) {
        note('line', size, codeOf(error));
      }
      for (const { level, n, hash } of nodesOfLeaf(size, leafHash(bytes), read))
        nodes.set(`${level} ${n}`, hash);
      size += 1;
    }
    if (page.length < PAGE) return { size, read, resolved };
  }
}

async function readHeads(
  source: LogSource,
  trust: LogTrust,
  crypto: Crypto,
  isPrefix: (head: LogHead) => boolean,
  note: Note,
) {
  const cosigned: Record<string, number> = {};
  let [heads, cosignedSize] = [0, 0];
  let last: LogHead | null = null;
  for (let after = 0; ; ) {
    const page = await source.heads(after, PAGE);
    for (const { head: bytes, cosignatures } of page) {
      heads += 1;
      let head: LogHead;
      try {
        head = await openHead(bytes, trust.key, crypto);
      } catch (error) {
        note('head', after, codeOf(error));
        continue;
      }
      if (head.origin !== trust.origin || !isPrefix(head)) note('head-root', head.size);
      if (last && head.size <= last.size) note('head-twice', head.size);
      if (last && head.at < last.at) note('head-time', head.size);
      last = head;
      after = Math.max(after, head.size);
      const signed = new Set<string>();
      for (const { body, cosignature } of cosignatures) {
        if (await isCosigned(head, body, cosignature, trust, crypto)) signed.add(body);
        else note('cosignature', head.size, body);
      }
      for (const body of signed) cosigned[body] = (cosigned[body] ?? 0) + 1;
      if (signed.size >= 2) cosignedSize = head.size;
    }
    if (page.length < PAGE)
      return { heads, cosigned, cosignedSize, newest: last?.size ?? 0, newestAt: last?.at ?? 0 };
  }
}

async function isCosigned(
  head: LogHead,
  body: string,
  cosignature: Uint8Array,
  { bodies }: LogTrust,
  crypto: Crypto,
): Promise<boolean> {
  const keys = bodies.get(body);
  if (!keys || body === KEEPER) return false;
  try {
    return isSameHead(await openCosignature(cosignature, keys, crypto), head);
  } catch (error) {
    codeOf(error);
    return false;
  }
}

async function checkReceipt(
  { receipt, line }: Evidence,
  trust: LogTrust,
  isPrefix: (head: { size: number; root: Uint8Array }) => boolean,
  crypto: Crypto,
  note: Note,
): Promise<LogReport['receipt']> {
  try {
    const proved = await openLogReceipt(receipt!, line!, trust.key, crypto);
    // Signed by the log's key, and still not in this log: a receipt from another story.
    if (proved.origin !== trust.origin || !isPrefix(proved)) note('receipt', proved.index, 'log.receipt');
    return { index: proved.index, size: proved.size };
  } catch (error) {
    note('receipt', 0, codeOf(error));
    return null;
  }
}
