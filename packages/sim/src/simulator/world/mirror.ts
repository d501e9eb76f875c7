import type { Kernel } from '../kernel/kernel.ts';
import { exactClocks, Process } from '../kernel/process.ts';
import { Link } from '../network/link.ts';
import type { Answered, Asked, Host } from '../network/network.ts';
import type { Documents } from './authority.ts';

/** A place that serves the signed files, as it copied them last: it may be behind. */
export class Mirror implements Host {
  readonly process: Process;
  readonly link: Link;
  documents: Documents | null = null;
  /** False: it copies nothing any more, and goes on serving what it has. */
  copies = true;

  constructor(
    kernel: Kernel,
    readonly name: string,
  ) {
    this.process = new Process(name, exactClocks(kernel), kernel.random.fork(name));
    this.link = new Link(kernel.random.fork(`${name} link`));
  }

  copy(documents: Documents): void {
    if (this.copies) this.documents = documents;
  }

  async answer({ path }: Asked): Promise<Answered> {
    const name = /\/([a-z0-9-]+)\.cose$/.exec(path)?.[1] ?? '';
    const file = this.documents?.files.get(name);
    return file ? { status: 200, body: file } : { status: 404, body: new Uint8Array(0) };
  }
}
