import { MOST_RELEASED } from '@munjigi/core/case';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { ApiError, PIECE_BYTES } from '../../contracts/index.ts';
import type {
  IssuerCasePort,
  LoggedLine,
  PublishTags,
  RegisterCasePort,
  ReleasedCase,
} from '../../lib/case/index.ts';
import type { MessageHandlers } from '../../lib/messages/index.ts';
import type { Peer } from './client.ts';

const MOST_BYTES = 400 * MOST_RELEASED;

const toText = ({ line, receipt }: LoggedLine) => ({
  line: toBase64url(line),
  receipt: toBase64url(receipt),
});
const fromText = ({ line, receipt }: { line: string; receipt: string }): LoggedLine => ({
  line: fromBase64(line),
  receipt: fromBase64(receipt),
});

/** A register on another machine, as the authority has one beside it. */
export const registerPort = (peer: Peer): RegisterCasePort => ({
  async take({ case: bytes, opener, logged }) {
    await peer.ask('case-opened', {
      case: toBase64url(bytes),
      opener: toBase64url(opener),
      logged: toText(logged),
    });
  },
  async released(caseId) {
    const id = toBase64url(caseId);
    const pieces: Uint8Array[] = [];
    for (let at = 0; ; ) {
      const one = await peer.ask('case-released', { id, at });
      if (!one) return null;
      const piece = fromBase64(one.piece);
      at += piece.length;
      pieces.push(piece);
      // A register that never comes to an end is stopped; whether the pieces fit is asked of the root that it signed.
      if (one.size > MOST_BYTES || at > one.size || (piece.length === 0 && at < one.size))
        throw new ApiError('case.release');
      if (at < one.size) continue;
      return {
        approver: fromBase64(one.approver),
        approved: fromText(one.approved),
        release: fromBase64(one.release),
        logged: fromText(one.logged),
        entries: new Uint8Array(Buffer.concat(pieces)),
      };
    }
  },
  async end(caseId) {
    await peer.ask('case-ended', { id: toBase64url(caseId) });
  },
});

/** What the register hears of the authority. */
export const registerHandlers = (cases: () => RegisterCasePort): MessageHandlers => ({
  async 'case-opened'({ case: bytes, opener, logged }) {
    await cases().take({ case: fromBase64(bytes), opener: fromBase64(opener), logged: fromText(logged) });
    return {};
  },
  async 'case-released'({ id, at }) {
    const file: ReleasedCase | null = await cases().released(fromBase64(id));
    return (
      file && {
        approver: toBase64url(file.approver),
        approved: toText(file.approved),
        release: toBase64url(file.release),
        logged: toText(file.logged),
        size: file.entries.length,
        piece: toBase64url(file.entries.subarray(at, at + PIECE_BYTES)),
      }
    );
  },
  async 'case-ended'({ id }) {
    await cases().end(fromBase64(id));
    return {};
  },
});

/** An issuer on another machine. */
export const issuerPort = (peer: Peer): IssuerCasePort => ({
  async resolve(request) {
    const { resolution, people } = await peer.ask('resolve', request);
    return {
      resolution: fromBase64(resolution),
      people: people.map(({ handle, name, birthDate }) => ({ handle: fromBase64(handle), name, birthDate })),
    };
  },
});

/** What an issuer hears of the authority. Whoever has signed the question may have the same answer again. */
export const issuerHandlers = (cases: () => IssuerCasePort): MessageHandlers => ({
  async resolve(request) {
    const { resolution, people } = await cases().resolve(request, { again: true });
    return {
      resolution: toBase64url(resolution),
      people: people.map(({ handle, name, birthDate }) => ({ handle: toBase64url(handle), name, birthDate })),
    };
  },
});

/** The public file of notices, which the authority on another machine publishes. */
export const tagsPort =
  (peer: Peer): PublishTags =>
  async (day, tags) => {
    await peer.ask('notice', { day, tags: tags.map(toBase64url) });
  };
