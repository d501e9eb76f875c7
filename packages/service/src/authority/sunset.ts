import { compilePolicy, type Policy } from '@munjigi/core/rules';

/**
 * A pack without recording: one more rule behind all others, which decides because it is the last. Gates take their rules
 * from the signed bundle, so that one rule ends recording at every door that gets it, and says so to everyone who reads it.
 * @param from the local day on which recording ended, YYYY-MM-DD
 */
export function packWithoutRecording(pack: unknown, from: string): unknown {
  const { recording } = pack as { readonly recording?: readonly unknown[] };
  const ended = { id: 'recording-ended', source: 'own', from, required: false, lawful: [] };
  return { ...(pack as object), recording: [...(recording ?? []), ended] };
}

/** The rules in force: those of the pack, and after recording has ended those of the pack without it. */
export class RulesInForce {
  private ended: { readonly on: string; readonly pack: unknown; readonly policy: Policy } | null = null;

  constructor(
    private readonly pack: unknown,
    private readonly policy: Policy,
  ) {}

  /** @param endedOn the local day on which recording ended, or null */
  at(endedOn: string | null): { readonly pack: unknown; readonly policy: Policy } {
    if (endedOn === null) return { pack: this.pack, policy: this.policy };
    if (this.ended?.on !== endedOn) {
      const pack = packWithoutRecording(this.pack, endedOn);
      this.ended = { on: endedOn, pack, policy: compilePolicy(pack) };
    }
    return this.ended;
  }
}

/** The obligation nearest to one that asks for no record: the same check, else any; itself where the pack has none. */
export function withoutRecord(policy: Policy, code: string): string {
  const { obligations } = policy.pack;
  const wanted = obligations[code]?.check;
  const silent = Object.keys(obligations).filter((name) => obligations[name]!.record === 'none');
  return silent.find((name) => obligations[name]!.check === wanted) ?? silent[0] ?? code;
}
