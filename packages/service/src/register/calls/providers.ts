import {
  createHmac,
  createPublicKey,
  type KeyObject,
  verify as nodeVerify,
  timingSafeEqual,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import Schema from 'typebox/schema';
import { SettingError } from '../../config/settings.ts';
import { exact, Word } from '../../contracts/shapes.ts';

const File = Type.String({ minLength: 1, maxLength: 500 });
const SHORTEST_SECRET = 32;

const Provider = Type.Union([
  Type.Object(
    {
      name: Word,
      scheme: Type.Literal('hmac-sha256'),
      /** Files that hold one shared secret each, beside this one or by their full path: two while one takes the other's place. */
      secretFiles: Type.Array(File, { minItems: 1, maxItems: 4 }),
    },
    exact,
  ),
  Type.Object(
    {
      name: Word,
      scheme: Type.Literal('ecdsa-p256-sha256'),
      /** Files that hold one public key each (PEM). */
      publicKeyFiles: Type.Array(File, { minItems: 1, maxItems: 4 }),
    },
    exact,
  ),
]);
const Providers = Type.Array(Provider, { maxItems: 16 });

/** A telephone provider whose deliveries are taken. */
export interface CallProvider {
  readonly name: string;
  /** True where one of its keys signed these bytes. The signature is base64, of either alphabet. */
  signed(bytes: Uint8Array, signature: string): boolean;
}

/** Reads the providers from a JSON file; none where there is no file. Throws `SettingError` naming the place and the rule. */
export async function readCallProviders(file: string): Promise<readonly CallProvider[]> {
  const wrong = (rule: string) => new SettingError(`The file of telephone providers: ${rule}`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('is JSON.');
  }
  const [valid, errors] = Schema.Errors(Providers, value);
  if (!valid) throw wrong(`${errors[0]?.instancePath || 'the whole'} ${errors[0]?.message ?? 'is wrong'}.`);
  const providers = value as Static<typeof Providers>;
  if (new Set(providers.map(({ name }) => name)).size < providers.length)
    throw wrong('each name is given once.');
  const content = (name: string) =>
    readFile(resolve(dirname(file), name), 'utf8').catch(() => {
      throw wrong('every file that it names is there and may be read.');
    });
  return Promise.all(
    providers.map(async (one): Promise<CallProvider> => {
      if (one.scheme === 'hmac-sha256') {
        const secrets = (await Promise.all(one.secretFiles.map(content))).map((secret) => secret.trim());
        if (secrets.some((secret) => secret.length < SHORTEST_SECRET))
          throw wrong(`a secret of "${one.name}" is shorter than ${SHORTEST_SECRET} characters.`);
        return byHmac(one.name, secrets);
      }
      const pems = await Promise.all(one.publicKeyFiles.map(content));
      try {
        return byEcdsa(one.name, pems.map(p256Key));
      } catch {
        throw wrong(`a public key of "${one.name}" is no P-256 key in PEM.`);
      }
    }),
  );
}

function p256Key(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('another curve');
  return key;
}

const byHmac = (name: string, secrets: readonly string[]): CallProvider => ({
  name,
  signed(bytes, signature) {
    const said = Buffer.from(signature, 'base64');
    return secrets.some((secret) => {
      const due = createHmac('sha256', secret).update(bytes).digest();
      return due.length === said.length && timingSafeEqual(due, said);
    });
  },
});

const byEcdsa = (name: string, keys: readonly KeyObject[]): CallProvider => ({
  name,
  signed(bytes, signature) {
    const said = Buffer.from(signature, 'base64');
    // Some platforms sign in DER, others put r and s side by side.
    return keys.some((key) =>
      (['ieee-p1363', 'der'] as const).some((dsaEncoding) => {
        try {
          return nodeVerify('sha256', bytes, { key, dsaEncoding }, said);
        } catch {
          return false;
        }
      }),
    );
  },
});
