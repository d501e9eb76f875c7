// Runs a TypeScript file of the sources in a process of its own, so that a test can end it the hard way:
// node test/support/run-typescript.mjs FILE [arguments]. The file's `main(args)` is called.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const conditions = ['munjigi:source'];
const { module } = await runnerImport(resolve(process.argv[2]), {
  configFile: false,
  logLevel: 'error',
  environments: {
    inline: { resolve: { conditions, externalConditions: conditions, noExternal: [/^@munjigi\//] } },
  },
});
await module.main(process.argv.slice(3));
