import { type ServiceConfig, SettingError } from '@munjigi/service';
import { openIssuerBooks } from '@munjigi/service/api';
import { openSecrets } from '@munjigi/service/config';
import type { IssuerFlags } from './main.ts';

/** `munjigi issue withdraw-key --kid N`. Resolves to the exit code. */
export async function withdrawKey(flags: IssuerFlags, config: ServiceConfig): Promise<number> {
  const kid = Number(flags.kid);
  if (!/^\d{1,5}$/.test(flags.kid ?? '') || kid < 1 || kid > 65_535)
    throw new SettingError('--kid is the number of a key, from 1 to 65535.');
  const done =
    flags.address === undefined ? await here(kid, config) : await there(kid, flags.address, config);
  if ('message' in done) {
    process.stderr.write(`munjigi issue: ${done.message}\n`);
    return 1;
  }
  process.stdout.write(`${JSON.stringify({ withdrawn: kid, signsNow: done.signsNow })}\n`);
  process.stderr.write(
    `munjigi issue: key ${kid} is withdrawn, key ${done.signsNow} signs. Gates learn it with the next bundle; wallets fetch new passes by themselves, spread over time.\n`,
  );
  return 0;
}

type Done = { readonly signsNow: number } | { readonly message: string };

async function here(kid: number, config: ServiceConfig): Promise<Done> {
  const books = await openIssuerBooks(config);
  try {
    const done = await books.keys.withdraw(kid, books.at);
    await books.handOver();
    return done;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'issuer.key-unknown')
      return { message: (error as Error).message };
    throw error;
  } finally {
    await books.close();
  }
}

async function there(kid: number, address: string, config: ServiceConfig): Promise<Done> {
  const { operatorToken } = await openSecrets(config.data);
  let answer: Response;
  try {
    answer = await fetch(new URL('/api/issuer/keys/withdraw', address), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
      body: JSON.stringify({ kid }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return { message: 'No service answers at that address.' };
  }
  return (await answer.json()) as Done;
}
