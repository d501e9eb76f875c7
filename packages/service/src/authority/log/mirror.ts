import { join } from 'node:path';
import { COSIGNATURES_WANTED, encodeCosigned } from '@munjigi/core/log';
import { writeWhole } from '../../crypto/index.ts';
import type { LogStore } from './store.ts';

/** Puts the newest head that enough bodies signed into the mirror, as `log-head.cose`, whenever there is a newer one. */
export function headMirror(store: LogStore, folder: string): () => Promise<void> {
  let written = 0;
  return async () => {
    const kept = await store.cosignedHead(COSIGNATURES_WANTED);
    if (!kept || kept.size <= written) return;
    const cosignatures = kept.cosignatures.map(({ cosignature }) => cosignature);
    await writeWhole(join(folder, 'log-head.cose'), encodeCosigned({ head: kept.head, cosignatures }));
    written = kept.size;
  };
}
