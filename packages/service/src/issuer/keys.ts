import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { addDays, type Policy } from '@munjigi/core/rules';
import type { Signer } from '@munjigi/core/signing';
import type { IssuerEntry } from '@munjigi/core/trust';
import { ApiError } from '../contracts/index.ts';
import { type KeyFolder, makePrivateKey, nodeSigner, random } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import { granted, wished } from '../lib/keys/index.ts';

const DAY = 86_400;
/** A key signs for 90 days; what it signed verifies until the last paper pass has ended. */
const SIGNS_DAYS = 90;
const MARGIN_DAYS = 14;
/** A new key stands in the bundle so long before it signs: the time in which every gate that has a network fetches one. */
const LEAD_DAYS = 1;
/** So long before its key ends, the issuer makes the next one. */
const AHEAD_DAYS = 7;
type Usage = IssuerEntry['usage'];

/** A key that signs now, with the id that passes name it by. */
export interface IssuingKey {
  readonly kid: Uint8Array;
  readonly signer: Signer;
}

interface KeyRow {
  readonly kid: number;
  readonly usage: Usage;
  readonly public_key: Uint8Array;
  readonly valid_from: number;
  readonly valid_until: number;
  readonly withdrawn: boolean;
  readonly canary: string;
}

const COLUMNS = 'kid, usage, public_key, valid_from, valid_until, withdrawn, canary';

/** A key id is one byte while there are fewer than 256 keys, then two (protocol section C). */
export const kidBytes = (kid: number): Uint8Array =>
  kid < 256 ? Uint8Array.of(kid) : Uint8Array.of(kid >> 8, kid & 255);

/** The issuer's signing keys: private halves in the key store, the rest in the database. */
export class IssuerKeys {
  /** By the secret itself, so that a key is imported once and goes with it. */
  private readonly signers = new WeakMap<Uint8Array, Signer>();

  constructor(
    private readonly db: Database,
    private readonly keys: KeyFolder,
    private readonly policy: Policy,
    private readonly issuer: string,
  ) {}

  /** The key that signs at an instant (seconds), made where none serves. */
  async signingKey(usage: Usage, at: number): Promise<IssuingKey> {
    const serving = (await this.rows()).find(
      (row) =>
        row.usage === usage &&
        !row.withdrawn &&
        row.valid_from <= at &&
        at <= row.valid_until - this.afterlife(),
    );
    const row = serving ?? (await this.make(usage, at));
    const secret = await this.keys.find(nameOf(row.kid));
    if (!secret) throw new Error(`The private key ${row.kid} of the issuer is not in its key store.`);
    let signer = this.signers.get(secret);
    if (!signer) {
      signer = nodeSigner(secret);
      this.signers.set(secret, signer);
    }
    return { kid: kidBytes(row.kid), signer };
  }

  /**
   * Makes the keys that sign next, so that each stands in the bundle before anything is signed by it: when the one that signs now
   * ends soon, or that of passes was asked to end. Withdrawn keys are another matter: they end at once.
   */
  async prepareNext(at: number): Promise<void> {
    const rows = await this.rows();
    const asked = await wished(this.keys, 'issuing');
    for (const usage of ['pass', 'specimen'] as const) {
      const newest = rows.find((row) => row.usage === usage && !row.withdrawn);
      const endsSoon = newest !== undefined && at > newest.valid_until - this.afterlife() - AHEAD_DAYS * DAY;
      if (newest && newest.valid_from <= at && ((asked && usage === 'pass') || endsSoon))
        await this.make(usage, at, at + LEAD_DAYS * DAY);
    }
    if (asked) await granted(this.keys, 'issuing');
  }

  /** Public documents for the authority's bundle: every key that may still verify at an instant, or signs soon. */
  async publicEntries(at: number): Promise<IssuerEntry[]> {
    return (await this.rows())
      .filter((row) => row.valid_from <= at + LEAD_DAYS * DAY && at <= row.valid_until)
      .map((row) => ({
        kid: kidBytes(row.kid),
        issuer: this.issuer,
        publicKey: row.public_key,
        usage: row.usage,
        from: row.valid_from,
        until: row.valid_until,
        withdrawn: row.withdrawn,
        canary: row.canary,
      }));
  }

  /** Public entries after every kind of key that signs has one: what is handed to the authority. */
  async serving(at: number): Promise<IssuerEntry[]> {
    await this.signingKey('specimen', at);
    await this.signingKey('pass', at);
    await this.prepareNext(at);
    return this.publicEntries(at);
  }

  /**
   * Withdraws a key: what it signed counts nowhere once gates hold the next bundle, and another key signs from now on. The
   * private half is destroyed. Throws `issuer.key-unknown`; withdrawing it twice is no mistake.
   * @returns the id of the key that signs instead
   */
  async withdraw(kid: number, at: number): Promise<{ readonly signsNow: number }> {
    const { rows } = await this.db.query<{ usage: Usage }>('SELECT usage FROM issuer_key WHERE kid = $1', [
      kid,
    ]);
    if (!rows[0]) throw new ApiError('issuer.key-unknown');
    // First where no backup reaches: a database that is put back must not bring the key back to life.
    await this.keys.secret(withdrawnName(kid), () => random(8));
    await this.db.query('UPDATE issuer_key SET withdrawn = true WHERE kid = $1', [kid]);
    await this.keys.destroy(nameOf(kid));
    const next = await this.signingKey(rows[0].usage, at);
    return { signsNow: next.kid.reduce((sum, byte) => sum * 256 + byte, 0) };
  }

  private afterlife(): number {
    return (this.policy.pack.passes.paperDays + MARGIN_DAYS) * DAY;
  }

  /** The keys, the newest first. What the key store says is withdrawn is so, whatever a restored database says. */
  private async rows(): Promise<readonly KeyRow[]> {
    const { rows } = await this.db.query<KeyRow>(`SELECT ${COLUMNS} FROM issuer_key ORDER BY kid DESC`);
    const names = await this.keys.names();
    return rows.map((row) => ({
      ...row,
      withdrawn: row.withdrawn || names.includes(withdrawnName(row.kid)),
    }));
  }

  private async make(usage: Usage, at: number, from = at - DAY): Promise<KeyRow> {
    for (;;) {
      const row = await this.makeNext(usage, at, from);
      // Another process may have been first with this number: its key is taken where it serves, and never for another use.
      if (row.usage === usage && !row.withdrawn && row.valid_from <= Math.max(at, from)) return row;
    }
  }

  private async makeNext(usage: Usage, at: number, from: number): Promise<KeyRow> {
    const { rows } = await this.db.query<{ next: number }>(
      'SELECT coalesce(max(kid), 0) + 1 AS next FROM issuer_key',
    );
    const names = await this.keys.names();
    let kid = rows[0]!.next;
    while (names.includes(withdrawnName(kid))) kid += 1;
    const signer = nodeSigner(await this.keys.secret(nameOf(kid), makePrivateKey));
    const row: KeyRow = {
      kid,
      usage,
      public_key: signer.publicKey,
      valid_from: from,
      valid_until: Math.max(at, from) + SIGNS_DAYS * DAY + this.afterlife(),
      withdrawn: false,
      canary: await this.canary(signer, kid, at),
    };
    const values = [
      row.kid,
      row.usage,
      row.public_key,
      row.valid_from,
      row.valid_until,
      row.withdrawn,
      row.canary,
    ];
    await this.db.query(
      `INSERT INTO issuer_key (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      values,
    );
    return (await this.rows()).find((one) => one.kid === kid)!;
  }

  /** A pass that verifies and lets nobody in: it ended before it was made, and its class is none. */
  private canary(signer: Signer, kid: number, at: number): Promise<string> {
    const { calendar } = this.policy;
    const terms = {
      handle: random(16),
      expiresAt: calendar.startOf(addDays(calendar.dateOf(at), -1)),
      admissionClass: 0,
      hint: 33,
    };
    return issuePaperPass({ ...terms, grid: { timeZone: this.policy.timeZone } }, signer, kidBytes(kid));
  }
}

const nameOf = (kid: number): string => `signing-${kid}`;
const withdrawnName = (kid: number): string => `withdrawn-${kid}`;
