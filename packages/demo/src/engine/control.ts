import type { Row, RunState, Setup } from '../story.ts';

/** The supervisor did not do what was asked; `status` is 0 where nobody answered. */
export class ControlFailed extends Error {
  override readonly name = 'ControlFailed';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function ask<T>(address: string, body?: unknown): Promise<T> {
  const answer = await fetch(address, {
    cache: 'no-store',
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ControlFailed(0, 'no answer');
  });
  if (!answer.ok) throw new ControlFailed(answer.status, await answer.text());
  return (await answer.json()) as T;
}

/** The buttons and the facts of the run, as the supervisor offers them. */
export const control = {
  state: () => ask<RunState>('/demo/state'),
  setup: () => ask<Setup>('/demo/setup.json'),
  begin: () => ask<Setup>('/demo/begin', {}),
  stop: () => ask<RunState>('/demo/stop', {}),
  recover: () => ask<RunState>('/demo/start', {}),
  whatIf: (on: boolean) => ask<RunState>('/demo/what-if', { on }),
  rows: () => ask<{ rows: Row[]; total: number }>('/demo/rows?limit=200'),
};
