import type { PassFormat } from '../formats/types.ts';
import { describePass } from './describe.ts';
import { PREFIX } from './layout.ts';
import { parsePass } from './parse.ts';
import type { CodeParts } from './parts.ts';
import { type VerifiedPass, verifyPass } from './verify.ts';

/** Our own pass in the registry of formats. */
export const entryPass: PassFormat<CodeParts> = {
  name: 'entry-pass',
  prefix: PREFIX,
  parse: parsePass,
  verify: (content, _parsed, trust, crypto) => verifyPass(content, trust, crypto),
  describe: (content, verified, whole) => describePass(content, verified as VerifiedPass, whole),
};
