import { describe, expect, it } from 'vitest';
import { ServerError } from '../sync/server.ts';
import { inTurn, type Waiting } from './turn.ts';
import type { QueuePlace } from './types.ts';

const full = () => new ServerError(503, 'issuer.queue', 3);
const issuer = (places: QueuePlace[]) => ({
  place: async () => places.shift() ?? ({ state: 'go' } as const),
});

describe("a wallet's turn at the issuer", () => {
  const run = async (answers: (() => string)[], places: QueuePlace[]) => {
    const told: (Waiting | null)[] = [];
    const waits: number[] = [];
    const result = await inTurn(
      issuer(places),
      'enrolment',
      'passes',
      async () => answers.shift()!(),
      (waiting) => told.push(waiting),
      async (seconds) => void waits.push(seconds),
    ).catch((error: unknown) => error);
    return { result, told, waits };
  };
  const refuse = () => {
    throw full();
  };

  it('asks for no place while there is room', async () => {
    expect(await run([() => 'done'], [])).toEqual({ result: 'done', told: [null], waits: [] });
  });

  it('shows place and minutes, goes on by itself, and asks when it was told to', async () => {
    const { result, told, waits } = await run(
      [refuse, refuse, () => 'done'],
      [
        { state: 'wait', place: 41, waitSeconds: null, askAgainSeconds: 10 },
        { state: 'wait', place: 20, waitSeconds: 61, askAgainSeconds: 30 },
        { state: 'go' },
      ],
    );
    expect(result).toBe('done');
    expect(told).toEqual([{ place: 41, minutes: null }, { place: 20, minutes: 2 }, null]);
    expect(waits).toEqual([10, 30, 3]);
  });

  it('gives up where the issuer calls and refuses for ever, and passes on every other error', async () => {
    const { result } = await run(
      Array.from({ length: 99 }, () => refuse),
      [],
    );
    expect(result).toMatchObject({ code: 'issuer.queue' });
    const other = await run(
      [
        () => {
          throw new ServerError(409, 'issuer.nonce', null);
        },
      ],
      [],
    );
    expect(other).toMatchObject({ result: { code: 'issuer.nonce' }, told: [null] });
  });
});
