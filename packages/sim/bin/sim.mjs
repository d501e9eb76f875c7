#!/usr/bin/env node
process.stderr.write('munjigi: no simulator is here yet.\n');
process.exit(2);
