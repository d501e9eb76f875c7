import { main as maintenance } from '../../packages/ops/src/maintenance/main.ts';

/** `munjigi maintenance` from the sources, in a process of its own. */
process.exitCode = await maintenance(process.argv.slice(2));
