import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, exact, Hash, LocalDate, Seconds } from './shapes.ts';

const Size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Body = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'Name of a body' });
const Path = Type.Array(Hash, { maxItems: 64 });
const Line = Bytes(1, 1024, 'A line, signed by its body');
const Receipt = Bytes(1, 4096, 'COSE receipt of inclusion (RFC 9942)');

const Head = Type.Object(
  {
    origin: Type.String({ maxLength: 100 }),
    size: Size,
    root: Hash,
    at: Seconds,
    head: Bytes(1, 1024, 'The head as the log signed it'),
    cosignatures: Type.Array(
      Type.Object({ body: Body, cosignature: Bytes(1, 1024, 'The head as another body signed it') }, exact),
    ),
  },
  exact,
);

const cosign = <const D extends 'register' | 'issuer', const N extends string>(desk: D, operationId: N) =>
  ({
    operationId,
    method: 'POST',
    url: `/api/${desk}/log/cosign`,
    summary: 'Sign a head of the public log, where it grew out of the last one signed here',
    body: Type.Object(
      { head: Bytes(1, 1024, 'The head as the log signed it'), from: Size, path: Path },
      exact,
    ),
    answer: Type.Object(
      { size: Size, cosignature: Type.Union([Bytes(1, 1024, 'The signed head'), Type.Null()]) },
      exact,
    ),
  }) as const satisfies Operation;

export const logOperations = {
  getLogHead: {
    operationId: 'getLogHead',
    method: 'GET',
    url: '/api/authority/log/head',
    summary: 'The newest head of the public log, with what other bodies signed under it',
    answer: Head,
  },
  listLogHeads: {
    operationId: 'listLogHeads',
    method: 'GET',
    url: '/api/authority/log/heads',
    summary: 'Heads of the public log in their order',
    querystring: Type.Object(
      { after: Type.Optional(Size), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
      exact,
    ),
    answer: Type.Object({ heads: Type.Array(Head) }, exact),
  },
  listLogLines: {
    operationId: 'listLogLines',
    method: 'GET',
    url: '/api/authority/log/lines',
    summary: 'Lines of the public log in their order',
    querystring: Type.Object(
      { from: Type.Optional(Size), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
      exact,
    ),
    answer: Type.Object({ size: Size, lines: Type.Array(Line) }, exact),
  },
  getLogProof: {
    operationId: 'getLogProof',
    method: 'GET',
    url: '/api/authority/log/proof',
    summary: 'A receipt for the line at a place, under the newest head or one named by its size',
    querystring: Type.Object({ index: Size, size: Type.Optional(Size) }, exact),
    answer: Type.Object({ index: Size, size: Size, receipt: Receipt }, exact),
  },
  getLogConsistency: {
    operationId: 'getLogConsistency',
    method: 'GET',
    url: '/api/authority/log/consistency',
    summary: 'The proof that the tree of one size grew out of the tree of a smaller one',
    querystring: Type.Object({ from: Size, to: Size }, exact),
    answer: Type.Object({ from: Size, to: Size, path: Path }, exact),
  },
  appendLogLine: {
    operationId: 'appendLogLine',
    method: 'POST',
    url: '/api/authority/log/lines',
    summary: 'Log a line that a body signed; the same line again has the same place',
    body: Type.Object({ line: Line }, exact),
    answer: Type.Object({ index: Size, receipt: Receipt, line: Line }, exact),
  },
  cosignRegister: cosign('register', 'cosignRegister'),
  cosignIssuer: cosign('issuer', 'cosignIssuer'),
  getNotified: {
    operationId: 'getNotified',
    method: 'GET',
    url: '/api/authority/notified/:day',
    summary: 'Tags of the passes that were looked up on a day, to be fetched whole by every wallet',
    params: Type.Object({ day: LocalDate }, exact),
    media: 'application/cose',
  },
} as const satisfies Record<string, Operation>;
