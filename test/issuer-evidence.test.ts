import { readFileSync } from 'node:fs';
import { migrate } from '@munjigi/service/db';
import { EvidenceStore, importEvidence } from '@munjigi/service/issuer';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkMapping,
  readEvidenceTable,
  readFhir,
  readMapping,
} from '../packages/service/src/issuer/evidence-import/index.ts';
import { testEngines } from './support/databases.ts';
import { korea, NOON, packFolder } from './support/packs.ts';

const mapping = readMapping(packFolder('kr-2022'), korea)!;
const SYSTEM = mapping.person.systems[0]!;
const CVX = 'http://hl7.org/fhir/sid/cvx';

const patient = (id: string, value = `person-${id}`, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: SYSTEM, value }],
  name: [{ text: 'Planted Name' }],
  ...more,
});
const immunization = (given: object = {}) => ({
  resourceType: 'Immunization',
  id: 'i1',
  status: 'completed',
  vaccineCode: { coding: [{ system: CVX, code: '208' }] },
  patient: { reference: 'Patient/1' },
  occurrenceDateTime: '2021-07-10',
  protocolApplied: [{ doseNumberPositiveInt: 2 }],
  ...given,
});
const observation = (given: object = {}) => ({
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '94500-6' }] },
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2022-01-05T10:00:00+09:00',
  valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '260415000' }] },
  ...given,
});
const ndjson = (...resources: object[]) => resources.map((one) => JSON.stringify(one)).join('\n');
const read = (...resources: object[]) => readFhir(ndjson(...resources), mapping, korea, NOON);
const wrongOf = (resource: object) => read(patient('1'), resource).told.filter(({ line }) => line === 2);

describe('health records by FHIR R4', () => {
  it('become evidence of the pack, wherever the patient stands in the file', () => {
    const { pieces, told } = read(immunization(), observation(), patient('1'));
    expect(pieces.map(({ person, piece }) => [person, piece])).toEqual([
      ['person-1', { kind: 'dose', detail: 'double', date: '2021-07-10', sequence: 2 }],
      ['person-1', { kind: 'negative', at: Date.parse('2022-01-05T10:00:00+09:00') / 1000 }],
    ]);
    expect(told).toEqual([
      { line: 3, what: 'Patient', outcome: 'ignored', rule: expect.stringContaining('who is meant') },
    ]);
  });

  it('are read from a Bundle by its own addresses, from a list, and from a single resource', () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'urn:uuid:4b5c', resource: { ...patient('x'), id: undefined } },
        { resource: immunization({ patient: { reference: 'urn:uuid:4b5c' } }) },
        { fullUrl: 'urn:uuid:none' },
      ],
    };
    const { pieces, told } = readFhir(JSON.stringify(bundle, null, 2), mapping, korea, NOON);
    expect(pieces).toMatchObject([{ line: 2, person: 'person-x' }]);
    expect(told).toContainEqual({
      line: 3,
      what: 'resource',
      outcome: 'wrong',
      field: 'resource',
      rule: 'is an object.',
    });
    expect(
      readFhir(JSON.stringify([patient('1'), immunization()]), mapping, korea, NOON).pieces,
    ).toHaveLength(1);
    const own = { reference: '#p', identifier: { system: SYSTEM, value: 'named' } };
    expect(read(immunization({ patient: own })).pieces[0]?.person).toBe('named');
    const contained = immunization({ contained: [patient('p')], patient: { reference: '#p' } });
    expect(read(contained).pieces[0]?.person).toBe('person-p');
  });

  it('follow a record that replaced another, and stop where links go round', () => {
    const replaced = (id: string, by: string) =>
      patient(id, `person-${id}`, { link: [{ type: 'replaced-by', other: { reference: `Patient/${by}` } }] });
    expect(read(replaced('1', '2'), patient('2'), immunization()).pieces[0]?.person).toBe('person-2');
    const round = read(replaced('1', '2'), replaced('2', '1'), immunization());
    expect(round.pieces).toEqual([]);
    expect(round.told).toContainEqual(
      expect.objectContaining({ line: 3, outcome: 'wrong', field: 'patient.link' }),
    );
  });

  it('count by the local day of the pack where an instant is told', () => {
    const late = immunization({ occurrenceDateTime: '2021-07-10T16:30:00Z' });
    expect(read(patient('1'), late).pieces[0]?.piece).toMatchObject({ date: '2021-07-11' });
  });

  it.each([
    ['not done', immunization({ status: 'not-done' }), 'status'],
    [
      'of a code that the pack does not name',
      immunization({ vaccineCode: { coding: [{ system: CVX, code: '1' }] } }),
      'codes',
    ],
    ['preliminary', observation({ status: 'preliminary' }), 'status'],
    [
      'positive',
      observation({
        valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '10828004' }] },
      }),
      'results',
    ],
    ['of another type', { resourceType: 'Organization', id: 'h' }, 'type'],
  ])('are ignored with a reason where they are %s', (_, resource, reason) => {
    expect(wrongOf(resource)).toEqual([
      { line: 2, what: expect.any(String), outcome: 'ignored', rule: expect.stringContaining(reason) },
    ]);
  });

  it.each([
    ['no day', { occurrenceDateTime: '2021-07' }, 'occurrenceDateTime'],
    ['a day that does not exist', { occurrenceDateTime: '2021-02-30' }, 'occurrenceDateTime'],
    ['a future day', { occurrenceDateTime: '2022-03-01' }, 'occurrenceDateTime'],
    [
      'words for a date',
      { occurrenceDateTime: undefined, occurrenceString: 'last summer' },
      'occurrenceDateTime',
    ],
    ['no number in its series', { protocolApplied: [] }, 'protocolApplied.doseNumberPositiveInt'],
    [
      'two numbers',
      { protocolApplied: [{ doseNumberPositiveInt: 1 }, { doseNumberString: '2' }] },
      'protocolApplied.doseNumberPositiveInt',
    ],
    ['nobody', { patient: undefined }, 'patient'],
    ['a stranger', { patient: { reference: 'Patient/9' } }, 'patient.reference'],
    ['no status', { status: undefined }, 'status'],
  ])('are wrong with field and rule where they tell %s', (_, given, field) => {
    expect(wrongOf(immunization(given))).toMatchObject([
      { line: 2, what: 'Immunization', outcome: 'wrong', field },
    ]);
  });

  it('need the hour of a test, since its hours count', () => {
    expect(wrongOf(observation({ effectiveDateTime: '2022-01-05' }))).toMatchObject([
      { outcome: 'wrong', field: 'effectiveDateTime' },
    ]);
  });

  it('whose lines are no JSON do not stop the others', () => {
    const { pieces, told } = readFhir(
      `${ndjson(patient('1'))}\n{broken\n${ndjson(immunization())}\n`,
      mapping,
      korea,
      NOON,
    );
    expect(pieces).toHaveLength(1);
    expect(told).toContainEqual({
      line: 2,
      what: 'resource',
      outcome: 'wrong',
      field: 'line',
      rule: 'is JSON.',
    });
  });
});

describe('the readers', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const keys = Object.keys({ ...immunization(), ...observation() });
  const broken = fc
    .tuple(fc.constantFrom(immunization(), observation(), patient('1')), fc.constantFrom(...keys), json)
    .map(([resource, key, value]) => ({ ...resource, [key]: value }));

  it('answer every input with lines of a report, never with an exception, and never with what stood there', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(broken, json as fc.Arbitrary<object>), { maxLength: 6 }), (resources) => {
        const { pieces, told } = readFhir(JSON.stringify([patient('1'), ...resources]), mapping, korea, NOON);
        expect(pieces.length + told.length).toBe(resources.length + 1);
        for (const { what } of told) expect(what).toMatch(/^[A-Za-z]+$/);
        expect(JSON.stringify(told)).not.toMatch(/Planted|person-1/);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        readFhir(text, mapping, korea, NOON);
      }),
    );
  });

  it('read any table below a right header line by line', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('dose', '2021-07-10', '2', 'double', ''),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { maxLength: 8 }), (rows) => {
        const quoted = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
        const text = ['person,kind,date,at,sequence,detail', ...quoted].join('\n');
        const { pieces, told } = readEvidenceTable(text, korea, NOON);
        for (const line of told) expect(line).toMatchObject({ what: 'row', outcome: 'wrong' });
        expect(pieces.length + told.length).toBeLessThanOrEqual(rows.length);
      }),
    );
  });

  it('refuse a mapping that leads nowhere', () => {
    const rule = mapping.rules[0]!;
    for (const change of [
      { kind: 'none' },
      { detail: 'none' },
      { values: [{ system: 'a', code: 'b' }] },
      { codes: [] },
    ])
      expect(() => checkMapping({ ...mapping, rules: [{ ...rule, ...change }] }, korea)).toThrow(
        'evidence.json',
      );
    expect(readMapping(packFolder('visitor-register'), korea)).toBeNull();
  });
});

describe.each(testEngines())('the store of imported evidence on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());
  const demonstration = readFileSync(`${packFolder('kr-2022')}/demonstration/evidence.csv`, 'utf8');

  it('takes a file once, says so the second time, and takes back what its source takes back', async (context) => {
    const missing = engine.missing();
    if (missing !== null) return context.skip(missing);
    const test = await engine.fresh();
    await migrate(test.db, 'issuer', 0);
    const store = new EvidenceStore(test.db, new Uint8Array(32).fill(7));
    const run = (text: string, format: 'fhir' | 'csv', dryRun = false) =>
      importEvidence({ text, format, mapping, provider: 'one' }, korea, store, NOON, dryRun);

    const file = ndjson(patient('1'), immunization(), observation());
    expect((await run(file, 'fhir', true)).sums).toMatchObject({ accepted: 2, ignored: 1 });
    expect(await store.evidenceOf('person-1', 'one')).toEqual([]);
    expect((await run(file, 'fhir')).sums).toMatchObject({ accepted: 2, unchanged: 0 });
    expect((await run(file, 'fhir')).sums).toMatchObject({ accepted: 0, unchanged: 2 });
    expect(await store.evidenceOf('person-1', 'one')).toHaveLength(2);
    expect(
      await store.evidenceOf('person-1', 'another'),
      "one provider's names mean nothing to another",
    ).toEqual([]);

    const corrected = immunization({ occurrenceDateTime: '2021-07-12' });
    await run(ndjson(patient('1'), corrected), 'fhir');
    expect(await store.evidenceOf('person-1', 'one')).toContainEqual(
      expect.objectContaining({ date: '2021-07-12' }),
    );
    const takenBack = ndjson(patient('1'), immunization({ status: 'entered-in-error' }));
    expect((await run(takenBack, 'fhir')).sums.withdrawn).toBe(1);
    expect(await store.evidenceOf('person-1', 'one')).toMatchObject([{ kind: 'negative' }]);

    const rows = demonstration.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length - 1;
    expect((await run(demonstration, 'csv')).sums).toMatchObject({ accepted: rows, wrong: 0 });
    expect((await run(demonstration, 'csv')).sums).toMatchObject({ unchanged: rows });
    const sealed = await test.db.query<{ sealed: Uint8Array }>('SELECT sealed FROM evidence');
    expect(sealed.rows.length).toBeGreaterThan(3);
    for (const row of sealed.rows)
      expect(Buffer.from(row.sealed).toString('latin1')).not.toMatch(/dose|haneul|2021/);
    await test.done();
  });
});
