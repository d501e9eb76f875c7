import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { describe } from 'vitest';
import { browserPath, skippedBecause } from './find-browser.ts';

export { browserPath, findBrowser, skippedBecause } from './find-browser.ts';

/** Flags for a quiet browser that makes no calls of its own and has a camera. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

export interface BrowserChoice {
  /** Absolute path of a .y4m file that plays as the camera (see y4m.ts). */
  readonly cameraFile?: string;
  readonly flags?: readonly string[];
}

const options = (choice: BrowserChoice) => ({
  executablePath: browserPath ?? '',
  headless: true,
  args: [
    ...FLAGS,
    ...(choice.cameraFile ? [`--use-file-for-fake-video-capture=${path.resolve(choice.cameraFile)}`] : []),
    ...(choice.flags ?? []),
  ],
});

/** A browser with fresh contexts; close it yourself. */
export const launchBrowser = (choice: BrowserChoice = {}): Promise<Browser> =>
  chromium.launch(options(choice));

export interface ProfileBrowser {
  readonly context: BrowserContext;
  readonly profile: string;
  close(): Promise<void>;
}

/**
 * A browser on a profile folder that outlives it, to kill it and open it again. Without `profile` a new folder is made
 * and deleted by `close()`.
 */
export async function launchProfile(
  choice: BrowserChoice & { readonly profile?: string; readonly context?: BrowserContextOptions } = {},
): Promise<ProfileBrowser> {
  const profile = choice.profile ?? mkdtempSync(path.join(os.tmpdir(), 'munjigi-profile-'));
  const context = await chromium.launchPersistentContext(profile, { ...options(choice), ...choice.context });
  return {
    context,
    profile,
    async close() {
      await context.close();
      if (choice.profile === undefined) rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** `describe` where a browser stands; elsewhere the suite is skipped and its name says why. */
export const describeInBrowser = (name: string, body: () => void): void => {
  (browserPath ? describe : describe.skip)(`${name}${skippedBecause}`, body);
};

/** Collects what a page complains of: uncaught errors, console errors, failed requests of our own origin. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  return complaints;
}
