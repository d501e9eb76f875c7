import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '@munjigi/core/encoding';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readOidcSettings } from '../packages/service/src/issuer/oidc/index.ts';
import { tempFolder } from './support/databases.ts';
import { CLIENT, SECRET, startProvider, type Tamper, type TestProvider } from './support/oidc.ts';
import { provenKeys, startTestService, type TestService } from './support/service.ts';

const WALLET = 'http://localhost:8787/wallet/';

describe('signing in by OpenID Connect, at a real provider', () => {
  let provider: TestProvider;
  let test: TestService;

  beforeAll(async () => {
    provider = await startProvider(WALLET);
    const data = tempFolder('oidc');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'client.secret'), `${SECRET}\n`);
    const one = {
      name: 'town',
      title: { ko: '동네 본인확인', en: 'Town sign-in' },
      issuer: provider.issuer,
      clientId: CLIENT,
      clientSecretFile: 'client.secret',
      redirectUri: WALLET,
    };
    const away = { ...one, name: 'away', issuer: 'http://127.0.0.1:9' };
    writeFileSync(join(data, 'providers.json'), JSON.stringify([one, away]));
    test = await startTestService({ data, flags: { desks: 'issuer' } });
  });
  afterEach(() => {
    provider.tamper = null;
    provider.claims = { name: '김하늘', family_name: '김', birthdate: '1990-03-12' };
  });
  afterAll(async () => {
    await test.remove();
    await provider.stop();
  });

  const begin = async () =>
    (await test.call('GET', '/api/issuer/oidc/town/begin')).json as { address: string; keep: string };
  const finish = (keep: string, answer: string) =>
    test.call('POST', '/api/issuer/oidc/town/finish', { keep, answer });
  const enrol = (signIn: string, name = 'town') =>
    test.call('POST', '/api/issuer/enrolments', { provider: name, assertion: { signIn } });
  const signInWith = async (tamper: Tamper | null) => {
    const { address, keep } = await begin();
    const answer = await provider.signIn(address);
    provider.tamper = tamper;
    return finish(keep, answer);
  };

  it('leads from the button to passes, and a renewal asks nobody to sign in again', async () => {
    expect((await test.call('GET', '/api/issuer/providers')).json).toContainEqual({
      name: 'town',
      title: { ko: '동네 본인확인', en: 'Town sign-in' },
    });
    const { address, keep } = await begin();
    const asked = new URL(address).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(
      [asked.get('state'), asked.get('nonce'), asked.get('code_challenge')].every(
        (one) => one && one.length > 20,
      ),
    ).toBe(true);

    const done = await finish(keep, await provider.signIn(address));
    expect(done.json.person).toEqual({ name: '김하늘', birthDate: '1990-03-12' });
    const enrolled = await enrol(done.json.signIn);
    expect(enrolled.status).toBe(200);
    let { nonce } = enrolled.json as { nonce: string };
    for (const round of ['first', 'renewal']) {
      const keys = provenKeys(fromBase64(nonce), 2).map(({ key, proof }) => ({ key, proof }));
      const batch = await test.call('POST', '/api/issuer/batches', {
        enrolment: enrolled.json.enrolment,
        nonce,
        keys,
      });
      expect(batch.status, round).toBe(200);
      expect(batch.json.passes, round).toHaveLength(2);
      nonce = batch.json.nonce;
    }
    const { rows } = await test.databases
      .get('issuer')!
      .query<{ sealed: Uint8Array }>('SELECT sealed FROM signed_in_person');
    expect(rows).toHaveLength(1);
    expect(Buffer.from(rows[0]!.sealed).toString('utf8')).not.toContain('하늘');
  });

  it('is finished once, enrols once, and by the one who began it', async () => {
    const { address, keep } = await begin();
    const answer = await provider.signIn(address);
    const done = await finish(keep, answer);
    expect(await finish(keep, answer)).toMatchObject({
      status: 409,
      json: { error: 'issuer.sign-in-unknown' },
    });
    expect(await enrol(done.json.signIn, 'away')).toMatchObject({ status: 409 });
    expect((await enrol(done.json.signIn)).status, 'a secret at the wrong provider is used up').toBe(409);
    const stranger = await begin();
    expect(
      await finish(
        stranger.keep.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
        answer,
      ),
    ).toMatchObject({ status: 409 });
  });

  it('refuses a wrong state, and an answer of another sign-in', async () => {
    const [one, two] = [await begin(), await begin()];
    const answer = await provider.signIn(one.address);
    const refused = { status: 403, json: { error: 'issuer.sign-in-refused' } };
    expect(await finish(two.keep, answer)).toMatchObject(refused);
    expect(await finish(one.keep, answer.replace(/state=[^&]+/, 'state=guessed'))).toMatchObject(refused);
    expect(await finish((await begin()).keep, '?')).toMatchObject(refused);
    expect(await finish((await begin()).keep, '?error=access_denied')).toMatchObject(refused);
  });

  it('refuses a code that was used before, even with the state that it asked for', async () => {
    const first = await begin();
    const used = new URLSearchParams(await provider.signIn(first.address));
    expect((await finish(first.keep, `?${used}`)).status).toBe(200);
    const second = await begin();
    used.set('state', new URL(second.address).searchParams.get('state')!);
    expect(await finish(second.keep, `?${used}`)).toMatchObject({ status: 403 });
  });

  it.each<[string, Tamper]>([
    [
      'not signed',
      (answer, { claims, token }) => {
        answer.id_token = token(claims(answer.id_token as string), 'none');
      },
    ],
    [
      'signed by a stranger',
      (answer, { claims, token }) => {
        answer.id_token = token(claims(answer.id_token as string), 'stranger');
      },
    ],
    [
      'for another client',
      (answer, { claims, token }) => {
        answer.id_token = token({ ...claims(answer.id_token as string), aud: 'another' });
      },
    ],
    [
      'of another issuer',
      (answer, { claims, token }) => {
        answer.id_token = token({ ...claims(answer.id_token as string), iss: 'https://other.example' });
      },
    ],
    [
      'with another nonce',
      (answer, { claims, token }) => {
        answer.id_token = token({ ...claims(answer.id_token as string), nonce: 'another' });
      },
    ],
    [
      'that ended minutes ago',
      (answer, { claims, token }) => {
        const now = Math.floor(Date.now() / 1000);
        answer.id_token = token({ ...claims(answer.id_token as string), iat: now - 900, exp: now - 300 });
      },
    ],
    [
      'that is missing',
      (answer) => {
        delete answer.id_token;
      },
    ],
  ])('refuses a token %s', async (_, tamper) => {
    expect(await signInWith(tamper)).toMatchObject({
      status: 403,
      json: { error: 'issuer.sign-in-refused' },
    });
  });

  it('bears a clock that is off by seconds', async () => {
    const skewed = await signInWith((answer, { claims, token }) => {
      const now = Math.floor(Date.now() / 1000);
      answer.id_token = token({ ...claims(answer.id_token as string), iat: now - 600, exp: now - 5 });
    });
    expect(skewed.status).toBe(200);
  });

  it('says so where the provider does not tell who somebody is', async () => {
    for (const claims of [
      { name: 'A', family_name: 'B' },
      { name: 'A', family_name: 'B', birthdate: '1990' },
      { birthdate: '1990-03-12' },
    ]) {
      provider.claims = claims;
      expect(await signInWith(null)).toMatchObject({ status: 403, json: { error: 'issuer.claims' } });
    }
  });

  it('says so where the provider is away, and works again when it is back', async () => {
    const away = await test.call('GET', '/api/issuer/oidc/away/begin');
    expect(away).toMatchObject({ status: 503, json: { error: 'issuer.provider-away' } });
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
    expect(await test.call('GET', '/api/issuer/oidc/nobody/begin')).toMatchObject({ status: 400 });
    expect((await signInWith(null)).status).toBe(200);
  });

  it('leaves no name, no code and no token in the log', () => {
    const log = test.log.join('\n');
    expect(log).not.toMatch(/하늘|1990-03-12|account-7|eyJ|code=/);
  });
});

describe('the file of identity providers', () => {
  const good = {
    name: 'a',
    title: { ko: '가', en: 'A' },
    issuer: 'https://id.example',
    clientId: 'c',
    redirectUri: 'https://w.example/wallet/',
  };
  const read = (value: unknown) => {
    const file = join(tempFolder('providers'), 'providers.json');
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return readOidcSettings(file);
  };

  it('is read whole or refused with a sentence', async () => {
    expect(await read([good])).toMatchObject([
      { name: 'a', scope: 'openid profile', claims: { person: 'sub' } },
    ]);
    expect(await readOidcSettings(join(tempFolder('none'), 'providers.json'))).toEqual([]);
    const bad = [
      '{',
      {},
      [{ ...good, issuer: 'http://id.example' }],
      [good, good],
      [{ ...good, name: 'demonstration' }],
      [{ ...good, clientSecretFile: 'not-there' }],
      [{ ...good, scope: 'profile' }],
      [{ ...good, more: 1 }],
    ];
    for (const value of bad) await expect(read(value)).rejects.toThrow('identity providers');
  });
});
