import { vi } from 'vitest';

/** What a command answered: its exit code, and what it wrote. */
export interface Spoken {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  readonly json: any;
}

/** Runs a command in this process and listens to both of its streams. */
export async function spoken(work: () => Promise<number>): Promise<Spoken> {
  const said = { stdout: '', stderr: '' };
  const listen = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
  const listening = [listen('stdout'), listen('stderr')];
  try {
    const code = await work();
    const json = said.stdout.trimStart().startsWith('{') ? JSON.parse(said.stdout) : null;
    return { code, ...said, json };
  } finally {
    for (const one of listening) one.mockRestore();
  }
}
