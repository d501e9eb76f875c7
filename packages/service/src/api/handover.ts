import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Bundle, IssuerEntry } from '@munjigi/core/trust';
import type { MessageContent } from '../contracts/index.ts';
import { writeWhole } from '../crypto/index.ts';
import type { LogIdentity } from '../lib/cosigning/index.ts';

/**
 * Public documents that pass from the issuer and the register to the authority. Desks in one process hand them over here;
 * a desk on another machine writes the same as a file, which an operator carries to the authority's `<data>/public` folder.
 */
export interface PublicDocuments {
  readonly issuer: readonly IssuerEntry[];
  readonly register: Bundle['registerKeys'];
  /** Line keys of the bodies (65-byte points). */
  readonly 'issuer-line': readonly LineKey[];
  readonly 'register-line': readonly LineKey[];
  readonly 'authority-line': readonly LineKey[];
  /** What these bodies said of themselves from other machines, signed: the newest word of each. */
  readonly 'issuer-handed': readonly MessageContent<'handed-over'>[];
  readonly 'register-handed': readonly MessageContent<'handed-over'>[];
  /** The public log, for bodies that sign its heads. */
  readonly log: readonly LogIdentity[];
}

export interface LineKey {
  readonly body: string;
  readonly publicKey: Uint8Array;
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, field) => (isBytes(field) ? { bytes: toBase64url(field) } : field), 2)}\n`;

const fromJson = (text: string): unknown =>
  JSON.parse(text, (_, field: unknown) =>
    typeof field === 'object' && field !== null && 'bytes' in field && typeof field.bytes === 'string'
      ? fromBase64(field.bytes)
      : field,
  );

export class HandoverFolder {
  constructor(private readonly folder: string) {}

  /** Writes what a desk here makes public. */
  async write<K extends keyof PublicDocuments>(desk: K, documents: PublicDocuments[K]): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const text = toJson(documents);
    if (text !== (await this.text(desk))) await writeWhole(this.fileOf(desk), text);
  }

  /** What a desk elsewhere made public; nothing where it has not arrived. */
  async read<K extends keyof PublicDocuments>(desk: K): Promise<PublicDocuments[K]> {
    const text = await this.text(desk);
    return (text === null ? [] : fromJson(text)) as PublicDocuments[K];
  }

  private fileOf(desk: string): string {
    return join(this.folder, `${desk}.json`);
  }

  private async text(desk: string): Promise<string | null> {
    try {
      return await readFile(this.fileOf(desk), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}
