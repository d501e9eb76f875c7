import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { lintPass, possessionBytes, presentPass, readPassClaims } from '@munjigi/core/entry-pass';
import { checkVerdict, inspect } from '@munjigi/core/gate';
import { compileTrust, openBundle, openRoot, type Trust } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenKeys, STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const GRID = { timeZone: 'Asia/Seoul' };
const seoul = (text: string) => Date.parse(`${text}+09:00`) / 1000;
const crypto = nodeCrypto();

describe('the issuer desk', () => {
  let test: TestService;

  beforeAll(async () => {
    test = await startTestService({ flags: { desks: 'issuer,authority' } });
  });
  afterAll(() => test.remove());

  const enrol = async (person: string) => {
    const answer = await test.call('POST', '/api/issuer/enrolments', {
      provider: 'demonstration',
      assertion: { person },
    });
    expect(answer.status).toBe(200);
    return answer.json as {
      enrolment: string;
      nonce: string;
      hint: number;
      certificates: { standing: string; certificate: string }[];
    };
  };
  const batch = async (enrolment: string, nonce: string, count = 5) => {
    const keys = provenKeys(fromBase64(nonce), count);
    const answer = await test.call('POST', '/api/issuer/batches', {
      enrolment,
      nonce,
      keys: keys.map(({ key, proof }) => ({ key, proof })),
    });
    return { keys, answer };
  };
  const trust = async (): Promise<Trust> => {
    const root = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);
    const { bundle } = await openBundle(
      (await test.call('GET', '/api/authority/bundle')).bytes,
      root,
      crypto,
    );
    return compileTrust(bundle);
  };

  it('issues passes that a gate admits under the published bundle, each clean of marks', async () => {
    const { enrolment, nonce, hint } = await enrol('haneul');
    const { keys, answer } = await batch(enrolment, nonce, 30);
    expect(answer.status).toBe(200);
    expect(answer.json.passes).toHaveLength(30);
    const ends = new Set<number>();
    for (const [i, { pass }] of (answer.json.passes as { pass: string }[]).entries()) {
      const bytes = fromBase64(pass);
      expect(lintPass(bytes, GRID)).toEqual([]);
      const claims = readPassClaims(bytes);
      ends.add(claims.expiresAt);
      expect(claims).toMatchObject({ admissionClass: 1, hint, until: null });
      const code = await presentPass(bytes, keys[i]!.signer, STORY_SECONDS, 0);
      const verifier = await trust();
      expect(checkVerdict(await inspect(code, verifier, crypto), verifier, STORY_SECONDS)).toMatchObject({
        verdict: 'admit',
        reason: 'ok',
      });
    }
    expect(
      [...ends].every((end) => end >= seoul('2022-01-13T00:00:00') && end <= seoul('2022-01-16T00:00:00')),
    ).toBe(true);
    expect(ends.size, 'ends are drawn for each pass by itself').toBeGreaterThan(1);
    expect(answer.json.renewAfter).toBeGreaterThan(STORY_SECONDS);
    expect(answer.json.renewAfter).toBeLessThan(Math.min(...ends));
  });

  it('writes the end of a class into the pass where it comes first, as on 30 December for a second dose of July', async () => {
    const { enrolment, nonce } = await enrol('jeongmin');
    const { answer } = await batch(enrolment, nonce, 8);
    for (const { pass } of answer.json.passes as { pass: string }[]) {
      const claims = readPassClaims(fromBase64(pass));
      expect(claims.until).toBe(seoul('2022-01-03T00:00:00'));
      expect(claims.expiresAt, 'and is still live at the door').toBeGreaterThan(STORY_SECONDS);
      expect(claims.expiresAt).toBeLessThanOrEqual(seoul('2022-01-09T00:00:00'));
    }
  });

  it('does not certify a key without its proof, nor with a proof over another nonce', async () => {
    const { enrolment, nonce } = await enrol('seoyeon');
    const other = await enrol('minho');
    const [mine] = provenKeys(fromBase64(nonce), 1);
    const [theirs] = provenKeys(fromBase64(other.nonce), 1);
    for (const keys of [
      [{ key: mine!.key, proof: theirs!.proof }],
      [{ key: theirs!.key, proof: theirs!.proof }],
      [{ key: mine!.key, proof: 'A'.repeat(86) }],
      [{ key: `B${mine!.key.slice(1)}`, proof: mine!.proof }],
    ]) {
      const answer = await test.call('POST', '/api/issuer/batches', { enrolment, nonce, keys });
      expect([answer.status, answer.json.error]).toEqual([400, 'issuer.possession']);
    }
    const { answer } = await batch(enrolment, nonce);
    expect(answer.status, 'a refused batch does not use the nonce up').toBe(200);
  });

  it('certifies a key once, ever, also for another person and inside one batch', async () => {
    const first = await enrol('haneul');
    const [key] = provenKeys(fromBase64(first.nonce), 1);
    const send = (enrolment: string, nonce: string, proven: { key: string; proof: string }[]) =>
      test.call('POST', '/api/issuer/batches', {
        enrolment,
        nonce,
        keys: proven.map(({ key: k, proof }) => ({ key: k, proof })),
      });
    const twice = await send(first.enrolment, first.nonce, [key!, key!]);
    expect([twice.status, twice.json.error]).toEqual([409, 'issuer.key-used']);
    const once = await send(first.enrolment, first.nonce, [key!]);
    expect(once.status).toBe(200);

    const second = await enrol('seoyeon');
    const proof = toBase64url(
      key!.signer.sign(possessionBytes(fromBase64(second.nonce), fromBase64(key!.key))) as Uint8Array,
    );
    const again = await send(second.enrolment, second.nonce, [{ key: key!.key, proof }]);
    expect([again.status, again.json.error]).toEqual([409, 'issuer.key-used']);
  });

  it('takes a nonce once, and gives a new one where the answer was lost', async () => {
    const { enrolment, nonce } = await enrol('yuna');
    expect((await batch(enrolment, nonce)).answer.status).toBe(200);
    const replay = await batch(enrolment, nonce);
    expect([replay.answer.status, replay.answer.json.error]).toEqual([409, 'issuer.nonce']);
    const fresh = await test.call('POST', '/api/issuer/nonces', { enrolment });
    expect((await batch(enrolment, fresh.json.nonce)).answer.status).toBe(200);
  });

  it('gives a person without any evidence a pass for the record alone, with the lowest class', async () => {
    const { enrolment, nonce } = await enrol('jiho');
    const { answer } = await batch(enrolment, nonce, 1);
    expect(readPassClaims(fromBase64(answer.json.passes[0].pass)).admissionClass).toBe(0);
  });

  it('keeps who holds which handle sealed: no name, no person and no notice secret in the database', async () => {
    const { enrolment, nonce } = await enrol('haneul');
    const { answer } = await batch(enrolment, nonce, 3);
    const notice = Buffer.from(fromBase64(answer.json.passes[0].notice));
    const db = test.databases.get('issuer')!;
    for (const table of ['enrolment', 'issued_pass', 'certified_key', 'paper_page']) {
      const { rows } = await db.query(`SELECT t::text AS row FROM ${table} t`);
      const text = JSON.stringify(rows);
      expect(text).not.toContain(Buffer.from('haneul').toString('hex'));
      expect(text).not.toContain(Buffer.from('김하늘').toString('hex'));
      expect(text).not.toContain(notice.toString('hex'));
      expect(text).not.toContain(enrolment);
    }
  });

  it('prints a paper pass with its last day in words in both languages, that a door reads and compares', async () => {
    const { enrolment } = await enrol('sunja');
    const answer = await test.call('POST', '/api/issuer/paper-passes', { enrolment });
    expect(answer.status).toBe(200);
    expect(answer.json.lastDay).toBe('2022-01-31');
    const page = await test.call('GET', answer.json.html);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.text).toContain('2022년 1월 31일 월요일');
    expect(page.text).toMatch(/Monday,? 31 January 2022/);
    expect(page.text).toContain('ㅂ · 23');
    expect(page.text.includes('<svg')).toBe(true);
    expect(page.text).not.toContain('순자');
    const verifier = await trust();
    const found = await inspect(answer.json.text, verifier, crypto);
    expect(found.claim).toMatchObject({
      form: 'paper',
      admissionClass: 1,
      expiresAt: seoul('2022-02-01T00:00:00'),
    });
    const wrong = await test.call('GET', `/api/issuer/paper-passes/${'A'.repeat(22)}.html`);
    expect([wrong.status, wrong.json.error]).toEqual([404, 'issuer.paper-unknown']);
  });

  it('issues as of an earlier moment in an exercise only, and not once its passes would all have ended', async () => {
    const people = (await test.call('GET', '/api/issuer/people')).json as { id: string; tagEn: string }[];
    expect(people.find(({ id }) => id === 'haneul')).toMatchObject({
      name: '김하늘',
      birthDate: '1988-03-12',
      tagEn: 'booster',
    });
    const long = await test.call('POST', '/api/issuer/enrolments', {
      provider: 'demonstration',
      assertion: { person: 'haneul' },
      issuedAt: seoul('2021-11-01T00:00:00'),
    });
    const { answer } = await batch(long.json.enrolment, long.json.nonce, 1);
    expect(readPassClaims(fromBase64(answer.json.passes[0].pass)).expiresAt).toBeGreaterThan(STORY_SECONDS);
  });
});
