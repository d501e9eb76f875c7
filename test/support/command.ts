import { vi } from 'vitest';

/** What a command wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of `munjigi` in this process and catches what it writes. */
export async function runCommand(
  main: (args: readonly string[]) => Promise<number>,
  ...args: string[]
): Promise<Said> {
  const said = { out: '', err: '' };
  const catching = (where: 'out' | 'err') => (text: unknown) => {
    said[where] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
  ];
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
