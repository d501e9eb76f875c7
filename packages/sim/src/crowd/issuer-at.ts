import { IssuerClient } from '@munjigi/offline';

/** An issuer's desk at an address, as wallets of the crowd talk to it. */
export const issuerAt = (address: string): IssuerClient => new IssuerClient(address);
