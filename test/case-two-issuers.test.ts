import { join } from 'node:path';
import { documentHash, handleSet, signOpening, signResolution, sortedHandles } from '@munjigi/core/case';
import { spkiFromPoint } from '@munjigi/core/signing';
import { makePrivateKey, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { migrate } from '@munjigi/service/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Asking, askIssuers } from '../packages/service/src/authority/cases/ask-issuers.ts';
import { decodeRows, encodeRows } from '../packages/service/src/authority/cases/list.ts';
import type { OpenedRow } from '../packages/service/src/authority/cases/open-boxes.ts';
import { ApiError } from '../packages/service/src/contracts/index.ts';
import { CaseStore, encodeLogged, type IssuerCasePort } from '../packages/service/src/lib/case/index.ts';
import { tempFolder, testEngines } from './support/databases.ts';
import { crypto, hashOf } from './support/log-stand.ts';
import { STORY_SECONDS } from './support/service.ts';

const [engine] = testEngines();
beforeAll(() => engine!.start());
afterAll(() => engine!.stop());

it('two nodes that ask two issuers at once lose no name', async () => {
  const { db } = await engine!.fresh();
  await migrate(db, 'authority', STORY_SECONDS * 1000);
  const keys = await openKeyFolder(join(tempFolder('two-issuers'), 'cases'));
  const [one, other] = [new CaseStore(db, keys), new CaseStore(db, keys)];
  const signer = nodeSigner(makePrivateKey());
  const caseId = hashOf('case').slice(0, 16);
  const row = (issuer: string): OpenedRow => ({
    enteredAt: STORY_SECONDS,
    check: 'scan',
    record: 'scan',
    marks: [],
    subject: 'pass',
    proof: 'presence',
    why: null,
    contact: null,
    person: null,
    state: 'waiting',
    handle: hashOf(issuer).slice(0, 16),
    issuer,
  });
  const rows = [row('a'), row('b')];
  const salt = new Uint8Array(16);
  const opening = await signOpening(
    {
      releaseHash: hashOf('release'),
      salt,
      sets: rows.map(({ issuer, handle }) => handleSet(issuer!, sortedHandles([handle!]), salt)),
      direct: 0,
      apart: 0,
      keyMissing: 0,
      moved: 0,
      at: STORY_SECONDS,
    },
    signer,
  );
  const line = { line: new Uint8Array(1), receipt: new Uint8Array(1) };
  const expiresAt = STORY_SECONDS + 3600;
  await one.add({ id: caseId, bytes: new Uint8Array(1), account: '', takenAt: STORY_SECONDS, expiresAt });
  await one.keep(caseId, 'opening', opening);
  await one.keep(caseId, 'opened', encodeLogged(line));
  await one.keepSealed(caseId, 'rows', encodeRows(rows));

  const answer = async (issuer: string) => ({
    resolution: await signResolution(
      { openingHash: documentHash('opening', opening), issuer, asked: 1, found: 1, at: STORY_SECONDS },
      signer,
    ),
    people: [{ handle: hashOf(issuer).slice(0, 16), name: `of ${issuer}`, birthDate: '1990-01-01' }],
  });
  const asking = (store: CaseStore, issuer: (name: string) => IssuerCasePort): Asking => ({
    caseId,
    caseBytes: new Uint8Array(1),
    approvals: [],
    release: new Uint8Array(1),
    released: line,
    judge: { parts: { crypto }, keyOf: async () => () => spkiFromPoint(signer.publicKey) } as never,
    store,
    issuer,
    witnessed: async (logged) => logged,
  });

  // The first node waits for issuer a; the second is refused there, and gets the names of b meanwhile.
  const second = () =>
    askIssuers(
      asking(other, (name) => ({
        resolve: async () => {
          if (name === 'a') throw new ApiError('case.resolved-already');
          return answer(name);
        },
      })),
    ).catch((error: unknown) => error);
  await askIssuers(
    asking(one, (name) => ({
      resolve: async () => {
        if (name === 'a') expect(await second()).toMatchObject({ code: 'case.resolved-already' });
        return answer(name);
      },
    })),
  );
  const found = decodeRows((await one.openSealed(caseId, 'rows'))!);
  expect(found.map(({ person }) => person?.name)).toEqual(['of a', 'of b']);
});
