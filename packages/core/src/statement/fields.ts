import type { CborValue } from '../encoding/index.ts';
import { fieldReader } from '../trust/fields.ts';
import { type ChainMark, type Counted, type Statement, UNREACHABLE, type UnreachableSpan } from './types.ts';

const read = fieldReader('statement.structure', 'statement');

/** Most characters of a venue's or a gate's name. */
const LONGEST_NAME = 60;
const MOST_SPANS = 16;
const MOST_NOTICES = 8;
const MOST_COUNTED = 0xffffffff;

const markOut = (mark: ChainMark | null): CborValue => mark && [mark.counter, mark.hash];

/** The payload of a statement, after checking it. Throws `statement.structure`. */
export function encodeStatement(statement: Statement): CborValue {
  const { checks, counted } = statement;
  const payload: CborValue = [
    1,
    statement.venueId,
    statement.venueName,
    statement.gateName,
    statement.gateKey,
    statement.from,
    statement.to,
    statement.madeAt,
    statement.ongoing,
    statement.spans.map(({ what, from, to }) => [UNREACHABLE.indexOf(what), from, to]),
    [checks.scan, checks.eye, checks.verbal, checks.notRequired, checks.notMade],
    [statement.saved, statement.cancelled, statement.confirmed, statement.notSaved],
    markOut(statement.before),
    markOut(statement.after),
    counted.map(({ notice, obligation, sequence, from }) => [notice, obligation, sequence, from]),
    statement.receipt,
  ];
  readStatement(payload);
  return payload;
}

function markIn(value: CborValue): ChainMark {
  const [counter, hash] = read.array(value, 'chain mark', 2);
  return { counter: read.uint(counter, 'counter', 0, MOST_COUNTED), hash: read.bytes(hash, 'hash', 32) };
}

function spanIn(value: CborValue): UnreachableSpan {
  const [what, from, to] = read.array(value, 'span', 3);
  const span = {
    what: UNREACHABLE[read.uint(what, 'what', 0, UNREACHABLE.length - 1)]!,
    from: read.uint(from, 'span from'),
    to: read.orNull(to, (end) => read.uint(end, 'span to')),
  };
  if (span.to !== null && span.to < span.from) throw read.wrong('a span ends after it begins');
  return span;
}

function countedIn(value: CborValue): Counted {
  const [notice, obligation, sequence, from] = read.array(value, 'one that counted', 4);
  return {
    notice: read.orNull(notice, (code) => read.text(code, 'notice', 64)),
    obligation: read.text(obligation, 'obligation', 64),
    sequence: read.uint(sequence, 'sequence'),
    from: read.uint(from, 'counted from'),
  };
}

const counts = <const N extends number>(value: CborValue | undefined, what: string, many: N) =>
  read.array(value, what, many).map((one) => read.uint(one, what, 0, MOST_COUNTED));

/** Reads a payload, field by field. Throws `statement.structure`. */
export function readStatement(payload: CborValue): Statement {
  const fields = read.array(payload, 'sixteen fields', 16);
  const [version, venueId, venueName, gateName, gateKey, from, to, madeAt, ongoing, spans] = fields;
  const [checks, entries, before, after, counted, receipt] = fields.slice(10);
  read.version(version);
  const [scan, eye, verbal, notRequired, notMade] = counts(checks, 'checks', 5) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [saved, cancelled, confirmed, notSaved] = counts(entries, 'entries', 4) as [
    number,
    number,
    number,
    number,
  ];
  const statement: Statement = {
    venueId: read.uint(venueId, 'venue-id', 1),
    venueName: read.text(venueName, 'venue name', LONGEST_NAME),
    gateName: read.text(gateName, 'gate name', LONGEST_NAME),
    gateKey: read.bytes(gateKey, 'gate-key', 33),
    from: read.uint(from, 'from'),
    to: read.uint(to, 'to'),
    madeAt: read.uint(madeAt, 'made-at'),
    ongoing: read.flag(ongoing, 'ongoing'),
    spans: read.array(spans, 'one to sixteen spans', 1, MOST_SPANS).map(spanIn),
    checks: { scan, eye, verbal, notRequired, notMade },
    saved,
    cancelled,
    confirmed,
    notSaved,
    before: read.orNull(before, markIn),
    after: read.orNull(after, markIn),
    counted: read.array(counted, 'what counted', 0, MOST_NOTICES).map(countedIn),
    receipt: read.orNull(receipt, (bytes) => read.bytes(bytes, 'receipt', 1, 512)),
  };
  check(statement);
  return statement;
}

/** What no honest device says. */
function check({
  gateKey,
  from,
  to,
  madeAt,
  saved,
  cancelled,
  confirmed,
  before,
  after,
  ...rest
}: Statement) {
  if (gateKey[0] !== 2 && gateKey[0] !== 3) throw read.wrong('gate-key is a compressed P-256 point');
  if (to < from || madeAt < to) throw read.wrong('it begins, ends and is made in this order');
  if (rest.ongoing !== rest.spans.some((span) => span.to === null))
    throw read.wrong('it is ongoing while a span is');
  if (rest.spans.some((span) => span.from < from || (span.to ?? to) > to))
    throw read.wrong('spans lie within its time');
  const begins = [from, ...rest.counted.map((one) => one.from), to];
  if (begins.some((at, i) => at < (begins[i - 1] ?? from)))
    throw read.wrong('what counted lies within its time, in order');
  if (cancelled > saved || confirmed > saved) throw read.wrong('cancelled and confirmed are of those saved');
  if ((before === null) !== (after === null)) throw read.wrong('it has both ends of the chain, or none');
  if (before && after && after.counter - before.counter < saved)
    throw read.wrong('the chain grew by what was saved');
}
