import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { logOperations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../desk.ts';
import type { Cosigner } from './cosigner.ts';

/** Adds the operation by which a desk's body signs a head of the public log. */
export function mountCosigner(server: DeskServer, desk: 'register' | 'issuer', cosigner: Cosigner): void {
  server.route({
    ...route(desk === 'register' ? logOperations.cosignRegister : logOperations.cosignIssuer),
    async handler({ body }) {
      const { size, cosignature } = await cosigner.cosign({
        head: fromBase64(body.head),
        from: body.from,
        path: body.path.map(fromBase64),
      });
      return { size, cosignature: cosignature && toBase64url(cosignature) };
    },
  });
}
