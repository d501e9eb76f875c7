// Makes the pictures of the demonstration for the documents (docs/pictures/demo-*.png and story.gif): the browser test of
// the story, told once more with a camera running. Needs a browser and, for the moving picture, ffmpeg.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const { status } = spawnSync(
  process.execPath,
  [join(root, 'tools', 'run.mjs'), 'test', 'test/browser/story'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MUNJIGI_PICTURES: '1' },
  },
);
process.exit(status ?? 1);
