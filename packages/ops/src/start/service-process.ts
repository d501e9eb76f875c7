import { main } from '../serve/main.ts';

// The child that `munjigi start` stops and starts again: `munjigi serve`, without looking whether the tree is built.
process.exitCode = await main(process.argv.slice(2));
