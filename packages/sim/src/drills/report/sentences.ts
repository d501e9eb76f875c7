import { fileURLToPath } from 'node:url';
import { compilePolicy, noticeTexts, type Policy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';
import type { DrillRecord } from '../types.ts';
import type { ReportLanguage } from './texts.ts';

const FOLDER = fileURLToPath(new URL('../../../../../policies/kr-2022/', import.meta.url));
const READERS = ['owner', 'visitor'] as const;

/** What one notice says at the door of the record's venue. */
export interface Said {
  readonly reader: (typeof READERS)[number];
  readonly headline: string;
  readonly text: string;
}

let korea: Policy | null = null;

/** What a notice of the pack says in the record's minute: by the same call by which gates, wallets and the status page say it. */
export function sentencesOf(record: DrillRecord, notice: string, language: ReportLanguage): Said[] {
  korea ??= compilePolicy(readPackFolder(FOLDER));
  const at = Math.floor(Date.parse(record.story) / 1000);
  const now: Now = {
    version: 1,
    sequence: 1,
    issuedAt: at,
    validFrom: at,
    validUntil: at + 86_400,
    notice,
    parameters: { since: at },
    status: 'confirmed',
    obligation: korea.pack.notices[notice]!.obligation,
    bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
    logHead: null,
  };
  return READERS.map((reader) => {
    const { headline, text } = noticeTexts(korea!, now, reader, language, record.venue);
    return { reader, headline, text };
  });
}

/** Where a source of the pack leads, as its page of sources says; null for what happens anywhere. */
export function sourceOf(
  page: string,
  name: string,
): { readonly says: string; readonly where: string } | null {
  const line = page.split('\n').find((one) => one.startsWith(`| \`${name}\` |`));
  const [, , says, where] = line?.split('|').map((cell) => cell.trim()) ?? [];
  return says && where && /^\w/.test(where) ? { says, where } : null;
}
