import { compilePolicy, type Policy } from '@munjigi/core/rules';

type Json = Record<string, unknown>;

const files: Record<string, Json> = import.meta.glob(
  [
    '../../../policies/kr-2022/*.json',
    '../../../policies/kr-2022/{admission,entitlement,texts}/*.json',
    '!../../../policies/kr-2022/{words,evidence}.json',
  ],
  { eager: true, import: 'default' },
);

/** The Korean pack as a gate has it from its bundle, read from the folder when the preview is built. */
export function koreanPack(): Policy {
  const pack: Json = { admission: [], grace: [], extensions: [], entitlement: [], texts: {} };
  for (const [path, value] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, folder, name] = /kr-2022\/(?:(\w+)\/)?([\w.-]+)\.json$/.exec(path)!;
    if (folder === undefined) Object.assign(pack, value);
    else if (folder === 'texts') (pack.texts as Json)[name!] = value;
    else
      for (const [list, rows] of Object.entries(value))
        (pack[list] as unknown[]).push(...(rows as unknown[]));
  }
  return compilePolicy(pack);
}
