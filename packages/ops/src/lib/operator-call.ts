import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The service said no, or is not there. The message is a sentence for the operator. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Calls an operation of a body's desk. Throws `Refused`. */
export type OperatorCall = <T>(method: 'GET' | 'POST', path: string, sent?: object) => Promise<T>;

/** The operator token: from the environment, else from the data folder of this machine. */
async function tokenOf(data: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MUNJIGI_OPERATOR_TOKEN) return env.MUNJIGI_OPERATOR_TOKEN;
  const file = join(data, 'keys', 'operator-token.key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Refused(
      'There is no operator token: name the data folder of the service with --data, or set MUNJIGI_OPERATOR_TOKEN.',
    );
  }
}

/** Speaks to a service that runs, as the operator of its machine. `path` is below `/api/`. Throws `Refused` without a token. */
export async function operatorCall(
  service: string,
  data: string,
  env: NodeJS.ProcessEnv,
): Promise<OperatorCall> {
  const authorization = `Bearer ${await tokenOf(data, env)}`;
  return async <T>(method: 'GET' | 'POST', path: string, sent?: object) => {
    const answer = await fetch(new URL(`/api/${path}`, service), {
      method,
      headers: { authorization, ...(sent ? { 'content-type': 'application/json' } : {}) },
      ...(sent ? { body: JSON.stringify(sent) } : {}),
    }).catch(() => {
      throw new Refused('Nobody answers at the address of the service. Name it with --service.');
    });
    const said = (await answer.json().catch(() => ({}))) as { message?: string };
    if (!answer.ok) throw new Refused(said.message ?? `The service answered ${answer.status}.`);
    return said as T;
  };
}
