import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Programs } from './programs.ts';

/** Makes a folder that belongs to the user of the servers, and to nobody else. */
export function makeFolder(programs: Programs, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (programs.user) chownSync(folder, programs.user.uid, programs.user.gid);
}

/** Writes a file that only the user of the servers reads. */
export function writeOwned(programs: Programs, file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  if (programs.user) chownSync(file, programs.user.uid, programs.user.gid);
}
