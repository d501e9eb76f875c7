import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import Schema from 'typebox/schema';
import { SettingError } from '../../config/settings.ts';
import { exact, Word } from '../../contracts/shapes.ts';

const Claim = Type.String({ minLength: 1, maxLength: 80 });
const Address = Type.String({ pattern: '^https?://', maxLength: 500 });

const Provider = Type.Object(
  {
    name: Word,
    /** What the wallet's button says. */
    title: Type.Object(
      { ko: Type.String({ minLength: 1, maxLength: 60 }), en: Type.String({ minLength: 1, maxLength: 60 }) },
      exact,
    ),
    /** The provider's issuer identifier; its metadata is found from there (OpenID Connect Discovery 1.0, section 4). */
    issuer: Address,
    clientId: Type.String({ minLength: 1, maxLength: 200 }),
    /** File that holds the client's secret, beside this one or by its full path; absent for a public client. */
    clientSecretFile: Type.Optional(Type.String({ minLength: 1 })),
    /** The wallet's own page, as it is registered with the provider. */
    redirectUri: Address,
    scope: Type.Optional(Type.String({ pattern: '^openid( [\\w:.-]+)*$' })),
    /** Which claims say who somebody is (OpenID Connect Core 1.0, section 5.1). */
    claims: Type.Optional(
      Type.Object(
        {
          person: Type.Optional(Claim),
          name: Type.Optional(Claim),
          familyName: Type.Optional(Claim),
          birthDate: Type.Optional(Claim),
        },
        exact,
      ),
    ),
    /** How far the provider's clock may be off, in seconds. */
    clockToleranceSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 300 })),
  },
  exact,
);
const Providers = Type.Array(Provider, { maxItems: 16 });

/** One provider, ready to be asked. */
export interface OidcSettings {
  readonly name: string;
  readonly title: { readonly ko: string; readonly en: string };
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly scope: string;
  readonly claims: Readonly<Record<'person' | 'name' | 'familyName' | 'birthDate', string>>;
  readonly clockToleranceSeconds: number;
}

/** The plain form, for loopback alone: everything else needs TLS. */
export const isLoopback = (address: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(address).hostname);

/** Reads the providers from a JSON file; none where there is no file. Throws `SettingError` naming the place and the rule. */
export async function readOidcSettings(file: string): Promise<readonly OidcSettings[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const wrong = (rule: string) => new SettingError(`The file of identity providers: ${rule}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('is JSON.');
  }
  const [valid, errors] = Schema.Errors(Providers, value);
  if (!valid) throw wrong(`${errors[0]?.instancePath || 'the whole'} ${errors[0]?.message ?? 'is wrong'}.`);
  const names = new Set<string>(['demonstration']);
  return Promise.all(
    (value as Static<typeof Providers>).map(async (one) => {
      if (names.has(one.name))
        throw wrong(`the name "${one.name}" is given once, and never to the demonstration.`);
      names.add(one.name);
      for (const address of [one.issuer, one.redirectUri])
        if (!address.startsWith('https://') && !isLoopback(address))
          throw wrong(`"${one.name}" is reached by https; http is for this machine alone.`);
      return {
        name: one.name,
        title: one.title,
        issuer: one.issuer,
        clientId: one.clientId,
        clientSecret:
          one.clientSecretFile === undefined
            ? null
            : await secretOf(dirname(file), one.clientSecretFile, wrong),
        redirectUri: one.redirectUri,
        scope: one.scope ?? 'openid profile',
        claims: {
          person: 'sub',
          name: 'name',
          familyName: 'family_name',
          birthDate: 'birthdate',
          ...one.claims,
        },
        clockToleranceSeconds: one.clockToleranceSeconds ?? 30,
      };
    }),
  );
}

async function secretOf(
  folder: string,
  file: string,
  wrong: (rule: string) => SettingError,
): Promise<string> {
  try {
    return (await readFile(resolve(folder, file), 'utf8')).trim();
  } catch {
    throw wrong('a clientSecretFile is there and may be read.');
  }
}
