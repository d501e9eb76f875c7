import { main as serve } from '../../packages/ops/src/serve/main.ts';

/** `munjigi serve` from the sources, in a process of its own. */
process.exitCode = await serve(process.argv.slice(2));
