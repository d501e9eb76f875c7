import { inGroups, type ReadCase } from '../../engine/cases.ts';
import { Facts } from '../parts.tsx';
import { useWords } from '../use.ts';

interface Shown extends Pick<ReadCase, 'terms' | 'hash'> {
  /** What this body calls the venue; the number is what is signed. */
  readonly venueName?: string | null;
}

/** A case in words, every field of the bytes that are signed, and their hash. Nothing else is signed, nothing is left out. */
export function Terms({ terms, hash, venueName = null }: Shown) {
  const { say, dates } = useWords();
  return (
    <div class="terms">
      <Facts
        rows={[
          [say('console.case.venue'), `${terms.venueId}${venueName === null ? '' : ` (${venueName})`}`],
          [
            say('console.case.window'),
            say('console.case.window-value', {
              from: dates.moment(terms.from * 1000),
              until: dates.moment(terms.until * 1000),
            }),
          ],
          [say('console.case.basis'), terms.basis],
          [say('console.case.reason'), terms.reason],
          [
            say('console.case.issuers'),
            terms.issuers.length === 0 ? say('console.case.issuers-none') : terms.issuers.join(', '),
          ],
          [say('console.case.cap'), say('console.case.cap-value', { count: terms.cap })],
          [say('console.case.dwell'), say('console.case.dwell-value', { minutes: terms.dwellMinutes })],
          [say('console.case.opened'), dates.moment(terms.openedAt * 1000)],
          [say('console.case.expires'), dates.moment(terms.expiresAt * 1000)],
          [
            say('console.case.rules'),
            say('console.case.rules-value', {
              policy: terms.policy,
              root: terms.bundle.rootVersion,
              sequence: terms.bundle.sequence,
            }),
          ],
        ]}
      />
      <Hash hash={hash} />
    </div>
  );
}

/** The hash of the exact bytes, in groups of four to compare aloud. */
export function Hash({ hash }: { readonly hash: string }) {
  const { say } = useWords();
  return (
    <div class="hash">
      <h3>{say('console.case.hash')}</h3>
      <p class="num" data-hash={hash}>
        {inGroups(hash).map((group, i) => (
          <span key={`${i}${group}`}>{group} </span>
        ))}
      </p>
      <p class="small quiet">{say('console.case.hash-text')}</p>
    </div>
  );
}
