import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Bundle, IssuerEntry, OfficerEntry } from '@munjigi/core/trust';
import { ApiError, type DeskWord, type MessageContent } from '../../contracts/index.ts';
import type { OfficerKey } from '../../lib/accounts/index.ts';
import type { HandoverFolder } from '../handover.ts';
import type { Peer } from './client.ts';

type Handed = MessageContent<'handed-over'>;
export type HandingBody = 'issuer' | 'register';

/** Said again after this, also where nothing changed: the authority may have been put back from a backup. */
const AGAIN_MS = 600_000;

/** What a body makes public of itself. */
export interface Public {
  readonly issuers: readonly IssuerEntry[];
  readonly registerKeys: Bundle['registerKeys'];
  readonly officers: readonly OfficerKey[];
}

const encode = ({ issuers, registerKeys, officers }: Public): Omit<Handed, 'at'> => ({
  issuerKeys: issuers.map((key) => ({
    ...key,
    kid: toBase64url(key.kid),
    publicKey: toBase64url(key.publicKey),
  })),
  registerKeys: registerKeys.map(({ kid, publicKey }) => ({
    kid: toBase64url(kid),
    publicKey: toBase64url(publicKey),
  })),
  officers: officers.map(({ credentialId, publicKey, from, until }) => ({
    credentialId: toBase64url(credentialId),
    publicKey: toBase64url(publicKey),
    from,
    until,
  })),
});

/** Hands over what a body makes public to the authority on another machine, whenever it changed. */
export class HandingOver {
  #said = '';
  #saidMs = Number.NEGATIVE_INFINITY;
  #last = 0;

  constructor(
    private readonly peer: Peer,
    private readonly ofBody: () => Promise<Public>,
    private readonly realMs: () => number,
  ) {}

  /** Throws where the authority is away. */
  async send(): Promise<void> {
    const content = encode(await this.ofBody());
    const text = JSON.stringify(content);
    const now = this.realMs();
    if (text === this.#said && now - this.#saidMs < AGAIN_MS) return;
    // Twice: a clock that was set back since is behind the last word, and the answer says how far.
    for (let n = 0; n < 2; n++) {
      const at = Math.max(now, this.#last + 1);
      const kept = await this.peer.ask('handed-over', { at, ...content });
      this.#last = kept.at;
      if (kept.at !== at) continue;
      this.#said = text;
      this.#saidMs = now;
      return;
    }
    throw new ApiError('case.desk-away');
  }
}

/** What the bodies on other machines handed over: kept beside the files that an operator carries, the newest each. */
export class HandedOver {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: HandoverFolder,
    /** The name under which passes of the issuer's body are known: keys of any other name are not its to give. */
    private readonly issuerName: string,
    private readonly onChanged: () => void,
  ) {}

  /** Takes a body's word. An older one than the last changes nothing, so that none can be played again. */
  take(content: Handed, from: DeskWord): Promise<{ at: number }> {
    const next = this.#turn.then(() => this.#take(content, from as HandingBody));
    this.#turn = next.catch(() => {});
    return next;
  }

  async #take(content: Handed, from: HandingBody): Promise<{ at: number }> {
    const { issuerKeys, registerKeys } = content;
    const foreign = issuerKeys.some(({ issuer }) => issuer !== this.issuerName);
    if (foreign || (from === 'issuer' ? registerKeys : issuerKeys).length > 0)
      throw new ApiError('desk.not-yours');
    const [kept] = await this.folder.read(`${from}-handed`);
    if (kept && kept.at >= content.at) return { at: kept.at };
    await this.folder.write(`${from}-handed`, [content]);
    this.onChanged();
    return { at: content.at };
  }

  /** The issuer's keys; as an operator carried them where it has not said so itself. */
  async issuers(): Promise<readonly IssuerEntry[]> {
    const [handed] = await this.folder.read('issuer-handed');
    if (!handed) return this.folder.read('issuer');
    return handed.issuerKeys.map((key) => ({
      ...key,
      kid: fromBase64(key.kid),
      publicKey: fromBase64(key.publicKey),
    }));
  }

  async registerKeys(): Promise<Bundle['registerKeys']> {
    const [handed] = await this.folder.read('register-handed');
    if (!handed) return this.folder.read('register');
    return handed.registerKeys.map(({ kid, publicKey }) => ({
      kid: fromBase64(kid),
      publicKey: fromBase64(publicKey),
    }));
  }

  /** Officers of a body: whatever it says, they are officers of that body alone. */
  async officersOf(body: HandingBody): Promise<readonly OfficerEntry[]> {
    const [handed] = await this.folder.read(`${body}-handed`);
    return (handed?.officers ?? []).map(({ credentialId, publicKey, from, until }) => ({
      body,
      role: 'officer',
      credentialId: fromBase64(credentialId),
      publicKey: fromBase64(publicKey),
      from,
      until,
    }));
  }
}
