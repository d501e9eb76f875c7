import { Transform, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import { countedAsItComes } from './admission/index.ts';

/** Passes bytes on and counts them; more than `most`, or than there is room for, is an error. */
class Counted extends Transform {
  count = 0;

  constructor(
    private readonly most = Number.POSITIVE_INFINITY,
    private readonly keep: (bytes: number) => void = () => {},
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.count += chunk.length;
    try {
      if (this.count > this.most) throw problem('FST_ERR_CTP_BODY_TOO_LARGE', 413);
      this.keep(chunk.length);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, chunk);
  }
}

/** An error as the frame's own parser would give it. */
const problem = (code: string, statusCode: number): Error =>
  Object.assign(new Error('The packed body cannot be read.'), { code, statusCode });

/**
 * Reads bodies that come with `Content-Encoding: gzip`. The size limit of each operation holds for what comes out, and unpacking
 * stops there, so that a small body cannot become a large one. Other encodings are refused. What is packed, large or of unknown size
 * takes room as it comes.
 */
export function readPackedBodies(server: DeskServer): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase();
    const { place, routeOptions } = request;
    const out = new Counted(routeOptions.bodyLimit, (bytes) => place?.held.more(bytes));
    if (encoding === undefined || encoding === '' || encoding === 'identity') {
      if (!countedAsItComes(request)) return payload;
      out.on('error', () => payload.unpipe(out).resume());
      payload.on('error', (error) => out.destroy(error));
      payload.pipe(out);
      Object.defineProperty(out, 'receivedEncodedLength', { get: () => out.count });
      return out;
    }
    if (encoding !== 'gzip') throw new ApiError('request.encoding');
    const packed = new Counted();
    const unpacked = createGunzip();
    const stop = () => {
      // The rest of the request is read and thrown away: the caller then gets an answer instead of a broken connection.
      payload.unpipe(packed);
      payload.resume();
      unpacked.destroy();
    };
    out.on('error', stop);
    unpacked.on('error', () => {
      stop();
      out.destroy(problem('FST_ERR_CTP_INVALID_JSON_BODY', 400));
    });
    payload.on('error', (error) => out.destroy(error));
    payload.pipe(packed).pipe(unpacked).pipe(out);
    // What the frame compares with Content-Length is what came over the wire.
    Object.defineProperty(out, 'receivedEncodedLength', { get: () => packed.count });
    return out;
  });
}
