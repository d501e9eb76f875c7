import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { ApiError, logOperations as operations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { LogKeeper } from './keeper.ts';
import type { KeptHead } from './store.ts';

const PAGE = 500;

/** The public log's operations: anyone reads all of it, known bodies add to it. */
export function mountLog(
  server: DeskServer,
  log: LogKeeper,
  notified: (day: string) => Promise<Uint8Array | null>,
): void {
  const headJson = ({ size, root, at, head, cosignatures }: KeptHead) => ({
    origin: log.origin,
    size,
    root: toBase64url(root),
    at,
    head: toBase64url(head),
    cosignatures: cosignatures.map(({ body, cosignature }) => ({
      body,
      cosignature: toBase64url(cosignature),
    })),
  });

  server.route({
    ...route(operations.getLogHead),
    async handler() {
      const head = await log.store.head();
      if (!head) throw new ApiError('log.no-line');
      return headJson(head);
    },
  });
  server.route({
    ...route(operations.listLogHeads),
    async handler({ query: { after = 0, limit = PAGE } }) {
      return { heads: (await log.store.heads(after, limit)).map(headJson) };
    },
  });
  server.route({
    ...route(operations.listLogLines),
    async handler({ query: { from = 0, limit = PAGE } }) {
      const size = await log.store.size();
      return { size, lines: (await log.store.lines(from, limit)).map(toBase64url) };
    },
  });
  server.route({
    ...route(operations.getLogProof),
    async handler({ query: { index, size } }) {
      const proof = await log.proof(index, size);
      return { ...proof, receipt: toBase64url(proof.receipt) };
    },
  });
  server.route({
    ...route(operations.getLogConsistency),
    async handler({ query: { from, to } }) {
      return { from, to, path: (await log.consistency(from, to)).map(toBase64url) };
    },
  });
  server.route({
    ...route(operations.appendLogLine),
    async handler({ body }) {
      const { index, receipt, line } = await log.append(fromBase64(body.line));
      return { index, receipt: toBase64url(receipt), line: toBase64url(line) };
    },
  });
  server.route({
    ...route(operations.getNotified),
    async handler({ params }, reply) {
      const bytes = await notified(params.day);
      if (!bytes) throw new ApiError('authority.document-missing');
      return reply
        .header('cache-control', 'public, max-age=300')
        .type('application/cose')
        .send(Buffer.from(bytes) as never);
    },
  });
}
