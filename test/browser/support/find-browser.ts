import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where Chromium, Chrome and Edge stand on the three platforms; $CHROME goes before all. */
function candidates(environment: NodeJS.ProcessEnv): readonly string[] {
  const named = environment.CHROME ? [environment.CHROME] : [];
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
      (name) => environment[name] ?? [],
    );
    const programs = [
      ['Google', 'Chrome', 'Application', 'chrome.exe'],
      ['Chromium', 'Application', 'chrome.exe'],
      ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
    ];
    return [...named, ...roots.flatMap((root) => programs.map((parts) => path.join(root, ...parts)))];
  }
  if (process.platform === 'darwin') {
    const apps = ['Chromium', 'Google Chrome', 'Microsoft Edge'];
    return [...named, ...apps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)];
  }
  const folders = (environment.PATH ?? '').split(path.delimiter);
  const names = [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'microsoft-edge',
  ];
  const fixed = ['/usr/bin/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'];
  return [...named, ...fixed, ...names.flatMap((name) => folders.map((folder) => path.join(folder, name)))];
}

/** Path of a Chromium-like browser on this machine, or null. */
export const findBrowser = (environment: NodeJS.ProcessEnv = process.env): string | null =>
  candidates(environment).find((file) => existsSync(file)) ?? null;

export const browserPath = findBrowser();

/** Suffix for the name of a suite that cannot run here, so that a skip is visible by name. */
export const skippedBecause = browserPath
  ? ''
  : ' (skipped: no Chromium, Chrome or Edge; set CHROME=/path/to/it)';
