#!/usr/bin/env node
process.stderr.write('munjigi: no drill is here yet.\n');
process.exit(2);
