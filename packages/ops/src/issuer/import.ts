import { readFile, stat } from 'node:fs/promises';
import { type ServiceConfig, SettingError } from '@munjigi/service';
import { openIssuerBooks } from '@munjigi/service/api';
import { formatOf, importEvidence, readMapping, readOidcSettings } from '@munjigi/service/issuer';
import type { IssuerFlags } from './main.ts';

/** A larger file is split by whoever makes it: FHIR's bulk export writes one file for some ten thousand resources anyway. */
const LARGEST = 256 * 1024 * 1024;

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > LARGEST)
      throw new SettingError('The file has at most 256 MiB: split it by lines.');
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw new SettingError('The file is there and may be read.');
  }
}

/** Whose people a file names: the one that is said, else the only one there is. */
async function providerOf(flags: IssuerFlags, config: ServiceConfig): Promise<string> {
  if (flags.provider !== undefined) return flags.provider;
  const configured = (await readOidcSettings(config.providers)).map(({ name }) => name);
  if (configured.length > 1)
    throw new SettingError(
      `Several identity providers are configured: say --provider ${configured.join(' or ')}.`,
    );
  return configured[0] ?? 'demonstration';
}

/** `munjigi issue import FILE`. Resolves to the exit code: 1 where a line was wrong. */
export async function importFile(file: string, flags: IssuerFlags, config: ServiceConfig): Promise<number> {
  const { format: said } = flags;
  if (said !== undefined && said !== 'fhir' && said !== 'csv')
    throw new SettingError('--format is fhir or csv.');
  const text = await textOf(file);
  const format = said ?? formatOf(text);
  const provider = await providerOf(flags, config);
  const books = await openIssuerBooks(config);
  try {
    const mapping = readMapping(config.policy, books.policy);
    if (format === 'fhir' && !mapping)
      throw new SettingError(
        'The policy pack has no evidence.json, so that no code of a health record is known.',
      );
    const dryRun = flags['dry-run'] === true;
    const report = await importEvidence(
      { text, format, mapping, provider },
      books.policy,
      books.evidence,
      books.at,
      dryRun,
    );
    for (const line of report.lines) process.stdout.write(`${JSON.stringify(line)}\n`);
    process.stdout.write(`${JSON.stringify({ format, provider, dryRun, sums: report.sums })}\n`);
    const { accepted, unchanged, withdrawn, ignored, wrong } = report.sums;
    process.stderr.write(
      `munjigi issue: ${accepted} accepted, ${unchanged} known already, ${withdrawn} taken back, ${ignored} ignored, ${wrong} wrong${dryRun ? '; nothing was written' : ''}.\n`,
    );
    return wrong > 0 ? 1 : 0;
  } finally {
    await books.close();
  }
}
