// Makes the spoken clips of the gate from packages/gate/src/sound/lines.json: `node tools/voice/make.mjs`.
// Needs espeak-ng and ffmpeg with libmp3lame (Debian: apt-get install espeak-ng ffmpeg). The clips are committed, so
// that nobody needs either program to build the product. See README.md for what they are good for.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(HERE, '..', '..', 'packages', 'gate', 'public', 'voice');
const LINES = resolve(HERE, '..', '..', 'packages', 'gate', 'src', 'sound', 'lines.json');
const LIMIT = 300_000;

// Slower than the synthesiser's default, with a softer voice variant and a lower pitch: easier over kitchen noise.
const VOICES = {
  ko: ['-v', 'ko+f2', '-s', '165', '-p', '42', '-g', '1'],
  en: ['-v', 'en-us+f2', '-s', '160', '-p', '42', '-g', '1'],
};

// Silence cut off at both ends, rumble out, a lift where consonants are, then one loudness for all.
const SILENCE = 'silenceremove=start_periods=1:start_threshold=-45dB';
const FILTER = [
  `${SILENCE},areverse,${SILENCE},areverse`,
  'highpass=f=140',
  'equalizer=f=3000:t=q:w=1.2:g=3',
  'acompressor=threshold=-20dB:ratio=3:attack=5:release=80',
  'loudnorm=I=-16:TP=-1.5:LRA=7',
  'adelay=20',
  'apad=pad_dur=0.06',
].join(',');

const work = mkdtempSync(join(tmpdir(), 'voice-'));
let total = 0;
try {
  const lines = JSON.parse(readFileSync(LINES, 'utf8'));
  for (const [language, voice] of Object.entries(VOICES)) {
    mkdirSync(join(TARGET, language), { recursive: true });
    for (const [name, line] of Object.entries(lines)) {
      const raw = join(work, `${language}-${name}.wav`);
      const clip = join(TARGET, language, `${name}.mp3`);
      execFileSync('espeak-ng', [...voice, '-w', raw, line[language]]);
      execFileSync('ffmpeg', [
        ...['-v', 'error', '-y', '-i', raw, '-af', FILTER, '-ac', '1', '-ar', '24000'],
        ...['-c:a', 'libmp3lame', '-b:a', '48k', '-map_metadata', '-1', '-fflags', '+bitexact', clip],
      ]);
      const { size } = statSync(clip);
      total += size;
      console.log(`${language}/${name}.mp3  ${size} bytes  ${line[language]}`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${total} bytes in all (limit ${LIMIT})`);
if (total > LIMIT) process.exitCode = 1;
