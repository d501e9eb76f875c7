import { main as canary } from '../../packages/ops/src/canary/main.ts';

/** `munjigi canary` from the sources, in a process of its own. */
process.exitCode = await canary(process.argv.slice(2));
