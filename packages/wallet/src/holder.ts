import { toHex } from '@munjigi/core/encoding';
import { inspect } from '@munjigi/core/gate';
import { compilePolicy, understands } from '@munjigi/core/rules';
import { webCrypto } from '@munjigi/core/signing';
import {
  BundleStore,
  DeviceClock,
  databaseTrustKeep,
  HolderStore,
  httpDaily,
  httpDocuments,
  type IssuedCertificate,
  IssuerClient,
  isRefusedBatch,
  Lookups,
  randomShare,
  ServerError,
  Visits,
} from '@munjigi/offline';
import type { HeldCertificate } from './engine/standing.ts';

/**
 * What the phone keeps and whom it asks, put together: holder keys and passes, the authority's documents, the corrected
 * clock, the issuer desk. The one place where the wallet meets the device's side.
 */
export interface Holder {
  readonly store: HolderStore;
  readonly rules: BundleStore;
  readonly clock: DeviceClock;
  readonly issuer: IssuerClient;
  readonly lookups: Lookups;
  /** @param onChange told when what waits for the register has changed */
  visits(onChange: () => void): Visits;
}

/** The mirror that is asked before a bundle names others. */
const MIRRORS = ['/mirror'];
/** The issuer that serves this page. */
const HOME = ['/api/issuer'];

/** `profile` is a wallet of its own in the same browser, for the demonstration's several phones. */
export function openHolder(profile: string | null): Holder {
  const store = new HolderStore(profile ?? undefined);
  const clock = new DeviceClock();
  const platform = webCrypto(crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);
  const rules = new BundleStore({
    keep: databaseTrustKeep(store.database),
    source: httpDocuments(),
    crypto: platform,
    inspect,
    at: () => clock.pessimisticMs() / 1000,
    mirrors: MIRRORS,
    random: randomShare,
    understands: ({ pack }, now) => understands(compilePolicy(pack), now),
  });
  // The issuer of the passes held, or the only one that the bundle has doors of; else where this page came from.
  let kid: string | null = null;
  void store.passes().then(
    ([pass]) => {
      kid = pass ? toHex(pass.kid) : null;
    },
    () => {},
  );
  const doors = () => {
    const bundle = rules.current?.bundle;
    const named = bundle?.parts?.doors;
    const own = bundle?.issuers.find((issuer) => toHex(issuer.kid) === kid)?.issuer;
    return (
      (named && (own === undefined ? named.size === 1 && [...named.values()][0] : named.get(own))) || HOME
    );
  };
  const lookups = new Lookups({ store, daily: httpDaily(), crypto: platform });
  const visits = (onChange: () => void) =>
    new Visits({
      store,
      crypto: platform,
      doors: () => rules.current?.bundle.endpoints.register ?? [],
      onChange,
    });
  return { store, rules, clock, issuer: new IssuerClient(doors), lookups, visits };
}

/** Certificates as the screens use them, whichever of its two names the issuer's answer gives the kind. */
export const heldCertificates = (issued: readonly IssuedCertificate[]): readonly HeldCertificate[] =>
  issued.map((one) => ({
    kind: one.certificate ?? (one as unknown as { readonly kind: string }).kind,
    admissionClass: one.admissionClass,
    from: one.from,
    until: one.until,
    why: one.why,
  }));

/** The text key of what went wrong while asking the issuer. Anything unforeseen is thrown on. */
export function problemOf(error: unknown): string {
  if (error instanceof ServerError)
    return error.status === 0 ? 'wallet.problem.offline' : 'wallet.problem.busy';
  if (isRefusedBatch(error)) return 'wallet.problem.lint';
  throw error;
}
