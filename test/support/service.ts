import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toBase64url } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, type Signer } from '@munjigi/core/signing';
import { createService, openLog, readSettings, type Service } from '@munjigi/service';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import { openTestEmbedded, tempFolder } from './databases.ts';

export const POLICY = fileURLToPath(new URL('../../policies/kr-2022', import.meta.url));
export const STORY_BEGINS = '2022-01-06T13:58:00+09:00';
export const STORY_SECONDS = Date.parse(STORY_BEGINS) / 1000;

/** A service on a folder of its own, with everything that it logged. */
export interface TestService {
  readonly service: Service;
  readonly data: string;
  /** Every line of its log. */
  readonly log: string[];
  /** Embedded databases by desk. */
  readonly databases: ReadonlyMap<string, Database>;
  call(
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestAnswer>;
  /** The same with the operator's token. */
  operate(method: 'GET' | 'POST', url: string, body?: unknown): Promise<TestAnswer>;
  /** Closes it and keeps the folder. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly bytes: Uint8Array;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  readonly json: any;
}

export interface TestServiceOptions {
  readonly data?: string;
  readonly flags?: Record<string, string | boolean>;
  /** The machine's clock; the real one where none is given. */
  readonly machine?: () => number;
  /** How much is logged; `debug` where nothing is said. */
  readonly level?: string;
}

/** Starts a service on embedded databases, at the story's beginning unless other flags are given. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const data = options.data ?? tempFolder('service');
  const flags = { data, exercise: true, story: STORY_BEGINS, log: 'debug', port: '0', ...options.flags };
  const config = readSettings(flags, {}, POLICY);
  const log: string[] = [];
  const databases = new Map<string, Database>();
  const service = await createService(config, {
    log: openLog(options.level ?? 'debug', { write: (line: string) => log.push(line) }),
    everyMs: 3_600_000,
    ...(options.machine ? { machine: options.machine } : {}),
    // Desks with an address are opened by the service itself.
    ...(Object.keys(config.databases).length > 0
      ? {}
      : {
          openDatabase: async (desk) => {
            const db = await openTestEmbedded(join(data, desk));
            await migrate(db, desk, 0);
            databases.set(desk, db);
            return db;
          },
        }),
  });
  const call: TestService['call'] = async (method, url, body, headers = {}) => {
    const answer = await service.server.inject({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const { statusCode, payload, rawPayload } = answer;
    const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json');
    return {
      status: statusCode,
      headers: answer.headers,
      text: payload,
      bytes: new Uint8Array(rawPayload),
      json: isJson ? JSON.parse(payload) : null,
    };
  };
  return {
    service,
    data,
    log,
    databases,
    call,
    operate: (method, url, body) =>
      call(method, url, body, { authorization: `Bearer ${service.operatorToken}` }),
    stop: () => service.close(0),
    async remove() {
      await service.close(0);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Keys of a wallet, with the proof for each over the nonce. */
export function provenKeys(
  nonce: Uint8Array,
  count: number,
): { signer: Signer; key: string; proof: string }[] {
  return Array.from({ length: count }, () => {
    const signer = nodeSigner(makePrivateKey());
    const key = compressPoint(signer.publicKey);
    const proof = signer.sign(possessionBytes(nonce, key)) as Uint8Array;
    return { signer, key: toBase64url(key), proof: toBase64url(proof) };
  });
}
