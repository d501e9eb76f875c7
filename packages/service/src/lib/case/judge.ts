import {
  type ApprovalRole,
  BODY_OF_ROLE,
  type CaseContext,
  type CaseProblem,
  checkCase,
  decodeApproval,
  decodeCase,
  encodeApproval,
  type StandingCase,
  termsProblem,
  verifyApproval,
} from '@munjigi/core/case';
import { equalBytes, fromBase64 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Line, type LineKind, openLine, openLogReceipt } from '@munjigi/core/log';
import { addDays } from '@munjigi/core/rules';
import { spkiFromPoint } from '@munjigi/core/signing';
import { signerKid } from '@munjigi/core/trust';
import { nowSeconds } from '../../clock/index.ts';
import { ApiError, type AssertionBody } from '../../contracts/index.ts';
import type { CaseParts, CaseTrust, LoggedLine } from './ports.ts';

/** First second of the oldest day that is kept: "28 days" are today and the 27 before. */
export function oldestKept({ clock, policy }: Pick<CaseParts, 'clock' | 'policy'>): number {
  const { calendar, retentionDays } = policy;
  return calendar.startOf(addDays(calendar.dateOf(nowSeconds(clock)), 1 - retentionDays));
}

/** What one desk thinks of a case. Each desk has its own, with its own clock, bundle and settings. */
export class CaseJudge {
  constructor(readonly parts: CaseParts) {}

  /** The bundle's officers and keys. Throws `case.not-ready` where there is none. */
  async trust(): Promise<CaseTrust> {
    const trust = await this.parts.trust();
    if (trust === null) throw new ApiError('case.not-ready');
    return trust;
  }

  async context(): Promise<CaseContext> {
    const { parts } = this;
    const { rootVersion, sequence, officers } = await this.trust();
    return {
      now: nowSeconds(parts.clock),
      oldest: oldestKept(parts),
      policy: parts.policy.id,
      bundle: { rootVersion, sequence },
      officers,
      consoles: parts.consoles,
    };
  }

  /** Judges the terms alone. Throws the rule that is broken. */
  async terms(caseBytes: Uint8Array): Promise<void> {
    this.#refuse(termsProblem(decodeCase(caseBytes), await this.context()));
  }

  /** The approval that an assertion makes, verified. Throws the rule that is broken. */
  async approval(role: ApprovalRole, caseBytes: Uint8Array, said: AssertionBody): Promise<Uint8Array> {
    const approval = encodeApproval({
      role,
      body: BODY_OF_ROLE[role],
      credentialId: fromBase64(said.credentialId),
      authenticatorData: fromBase64(said.authenticatorData),
      clientDataJson: fromBase64(said.clientDataJSON),
      signature: fromBase64(said.signature),
      at: nowSeconds(this.parts.clock),
    });
    await this.one(role, caseBytes, approval);
    return approval;
  }

  /** Judges terms and one signature. Throws the rule that is broken. */
  async one(role: ApprovalRole, caseBytes: Uint8Array, approval: Uint8Array): Promise<void> {
    const context = await this.context();
    this.#refuse(termsProblem(decodeCase(caseBytes), context));
    const given = decodeApproval(approval);
    if (given.role !== role) this.#refuse('challenge');
    this.#refuse(await verifyApproval(given, caseBytes, context, this.parts.crypto));
  }

  /** Judges the whole case. Throws the rule that is broken. */
  async both(caseBytes: Uint8Array, approvals: readonly Uint8Array[]): Promise<StandingCase> {
    const verdict = await checkCase(caseBytes, approvals, await this.context(), this.parts.crypto);
    if (!verdict.ok) {
      this.#refuse(verdict.problem);
      throw new ApiError('case.structure');
    }
    return verdict.value;
  }

  /**
   * Judges that the public log holds a line of that kind with these fields: its body's signature, the log's receipt for
   * exactly this line, and a tree that is not another one than everybody sees.
   */
  async logged(kind: LineKind, { line, receipt }: LoggedLine, fields: Line['fields']): Promise<void> {
    const { crypto, knowsTree } = this.parts;
    const { bodies, logKey } = await this.trust();
    const fail = (code: 'case.log' | 'case.log-fork', cause?: unknown) => {
      this.parts.alarm?.('case-log');
      return new ApiError(code, { cause });
    };
    let tree: { readonly size: number; readonly root: Uint8Array };
    try {
      const said = await openLine(line, bodies, crypto);
      if (said.kind !== kind || !hasFields(said.fields, fields)) throw fail('case.log');
      tree = await openLogReceipt(receipt, line, logKey, crypto);
    } catch (cause) {
      throw isMunjigiError(cause) ? fail('case.log', cause) : cause;
    }
    if (knowsTree && !(await knowsTree(tree))) throw fail('case.log-fork');
  }

  /** Signs a line of this body and has it logged. */
  async log(kind: LineKind, at: number, fields: Line['fields']): Promise<LoggedLine> {
    const { line, log } = this.parts;
    const appended = await log.append(await line.sign(kind, at, fields));
    return { line: appended.line, receipt: appended.receipt };
  }

  /** Finds the line key of a body by its key id, as documents of a case name it. */
  async keyOf(body: string): Promise<(kid: Uint8Array) => Uint8Array | undefined> {
    const points = (await this.trust()).bodies.get(body) ?? [];
    return (kid) => {
      const point = points.find((one) => equalBytes(signerKid(one), kid));
      return point && spkiFromPoint(point);
    };
  }

  #refuse(problem: CaseProblem | null): void {
    if (problem === null) return;
    this.parts.alarm?.('case-refused');
    throw new ApiError(`case.${problem}`);
  }
}

function hasFields(said: Line['fields'], wanted: Line['fields']): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const found = said[name as keyof Line['fields']];
    return value instanceof Uint8Array
      ? found instanceof Uint8Array && equalBytes(found, value)
      : found === value;
  });
}
