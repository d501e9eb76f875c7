// Writes vectors/hcert.json: EU certificates of our own making, good and bad, each with the step that it must fail at.
// Needs openssl for the X.509 certificates. Signatures are random, so every run writes other bytes: run it only to add cases.
//   node tools/vectors/hcert.mjs
import { execFileSync } from 'node:child_process';
import { constants, createHash, createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { base45Encode, encodeDeterministic } from '../../packages/core/dist/encoding/index.js';

const folder = mkdtempSync(join(tmpdir(), 'munjigi-'));
const TYPE = { v: '1.3.6.1.4.1.1847.2021.1.2', t: '1.3.6.1.4.1.0.1847.2021.1.1' };

function certificate(name, algorithm, usage) {
  const key = join(folder, `${name}.key`);
  const out = join(folder, `${name}.der`);
  const kind = algorithm === 'ES256' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] : ['rsa:2048'];
  const extension = usage ? ['-addext', `extendedKeyUsage=${TYPE[usage]}`] : [];
  const subject = ['-subj', `/C=XX/CN=Munjigi vectors ${name}`, '-days', '36500'];
  const run = (args) => execFileSync('openssl', args, { stdio: 'pipe' });
  run([
    'req',
    '-x509',
    '-newkey',
    ...kind,
    '-nodes',
    '-keyout',
    key,
    '-outform',
    'DER',
    '-out',
    out,
    ...subject,
    ...extension,
  ]);
  const der = readFileSync(out);
  return {
    name,
    algorithm,
    der,
    key: createPrivateKey(readFileSync(key)),
    kid: createHash('sha256').update(der).digest().subarray(0, 8),
  };
}

const any = certificate('any', 'ES256');
const onlyV = certificate('v only', 'ES256', 'v');
const onlyT = certificate('t only', 'ES256', 't');
const rsa = certificate('rsa', 'PS256');

const event = {
  v: {
    tg: '840539006',
    vp: '1119349007',
    mp: 'EU/1/20/1528',
    ma: 'ORG-100030215',
    dn: 2,
    sd: 2,
    dt: '2027-03-01',
    co: 'XX',
    is: 'Vectors',
    ci: 'URN:UVCI:01:XX:VECTORS0000000001#1',
  },
  t: {
    tg: '840539006',
    tt: 'LP6464-4',
    nm: 'Test',
    sc: '2027-03-01T10:00:00Z',
    tr: '260415000',
    tc: 'Centre',
    co: 'XX',
    is: 'Vectors',
    ci: 'URN:UVCI:01:XX:VECTORS0000000002#2',
  },
};
const person = {
  ver: '1.3.0',
  nam: { fn: 'Vektor-Müller', fnt: 'VEKTOR<MUELLER', gn: 'Änne', gnt: 'AENNE' },
  dob: '1980-02-29',
};
const FROM = Date.parse('2027-03-01T00:00:00Z') / 1000;
const UNTIL = Date.parse('2028-03-01T00:00:00Z') / 1000;

const mapOf = (entries) => new Map(entries);
const content = (fields) => ({ ...person, ...fields });
const claims = (fields, { from = FROM, until = UNTIL } = {}) =>
  encodeDeterministic(
    mapOf([
      [1, 'XX'],
      [4, until],
      [6, from],
      [-260, mapOf([[1, fields]])],
    ]),
  );

function signed(
  cert,
  payload,
  { kid = cert.kid, unprotected = new Map(), inHeader = true, spoil = false } = {},
) {
  const alg = cert.algorithm === 'ES256' ? -7 : -37;
  const header = encodeDeterministic(
    mapOf(
      inHeader
        ? [
            [1, alg],
            [4, kid],
          ]
        : [[1, alg]],
    ),
  );
  const data = encodeDeterministic(['Signature1', header, new Uint8Array(0), payload]);
  const how =
    cert.algorithm === 'ES256'
      ? { dsaEncoding: 'ieee-p1363' }
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature = new Uint8Array(sign('sha256', data, { key: cert.key, ...how }));
  if (spoil) signature[10] ^= 1;
  return Buffer.concat([Buffer.of(0xd2), encodeDeterministic([header, unprotected, payload, signature])]);
}

const text = (cose) => `HC1:${base45Encode(deflateSync(cose, { level: 9 }))}`;
const cases = [];
const add = (name, cert, expected, scan) =>
  cases.push({ name, certificate: cert.name, ...expected, text: scan });
const good = { reason: 'ok' };
const v = content({ v: [event.v] });

add('one event, ES256', any, good, text(signed(any, claims(v))));
add('one event, PS256', rsa, good, text(signed(rsa, claims(v))));
add('one event under a key for it', onlyV, good, text(signed(onlyV, claims(v))));
add(
  'one event under a key for it, in the older form of the usage',
  onlyT,
  good,
  text(signed(onlyT, claims(content({ t: [event.t] })))),
);
add(
  'arrays that are null',
  any,
  good,
  text(signed(any, claims(content({ v: [event.v], t: null, r: null })))),
);
add(
  'a time after the date of birth',
  any,
  good,
  text(signed(any, claims(content({ v: [event.v], dob: '1980-02-29T00:00:00' })))),
);
add(
  'key id in the unprotected header alone',
  any,
  good,
  text(signed(any, claims(v), { inHeader: false, unprotected: mapOf([[4, any.kid]]) })),
);
add(
  'wrong key id in the unprotected header, which the protected one overrules',
  any,
  good,
  text(signed(any, claims(v), { unprotected: mapOf([[4, Buffer.alloc(8)]]) })),
);
{
  // 1.0 where 1 belongs, and lengths left open: as some issuers write it.
  const payload = Buffer.from(claims(v));
  const dn = payload.indexOf(Buffer.from('62646e02', 'hex'));
  const float = Buffer.concat([
    payload.subarray(0, dn + 3),
    Buffer.from('f94000', 'hex'),
    payload.subarray(dn + 4),
  ]);
  const open = Buffer.concat([Buffer.of(0xbf), float.subarray(1), Buffer.of(0xff)]);
  add('2.0 for 2, in a map of open length', any, good, text(signed(any, open)));
}
add(
  'signature spoilt by one bit',
  any,
  { reason: 'signature', fails: 'signature' },
  text(signed(any, claims(v), { spoil: true })),
);
add(
  'signed by another key under this key id',
  any,
  { reason: 'signature', fails: 'signature' },
  text(signed(onlyV, claims(v), { kid: any.kid })),
);
add(
  'a key id that nobody knows',
  any,
  { reason: 'issuer-unknown', unknown: 'issuer' },
  text(signed(any, claims(v), { kid: Buffer.alloc(8, 9) })),
);
add(
  'an event that the key may not sign',
  onlyV,
  { reason: 'key-usage', fails: 'keyUsage' },
  text(signed(onlyV, claims(content({ t: [event.t] })))),
);
add(
  'ended',
  any,
  { reason: 'ended', fails: 'validity' },
  text(signed(any, claims(v, { until: Date.parse('2027-05-01') / 1000 }))),
);
add(
  'not valid yet',
  any,
  { reason: 'not-yet', fails: 'validity' },
  text(signed(any, claims(v, { from: Date.parse('2027-07-01') / 1000 }))),
);
add(
  'two events',
  any,
  { reason: 'schema', fails: 'schema' },
  text(signed(any, claims(content({ v: [event.v, event.v] })))),
);
add(
  'an event of each of two kinds',
  any,
  { reason: 'schema', fails: 'schema' },
  text(signed(any, claims(content({ v: [event.v], t: [event.t] })))),
);
add(
  'no name in the letters of the machine',
  any,
  { reason: 'schema', fails: 'schema' },
  text(signed(any, claims(content({ v: [event.v], nam: { fn: 'Müller' } })))),
);
add(
  'no certificate inside',
  any,
  { reason: 'structure', fails: 'structure' },
  text(signed(any, encodeDeterministic(mapOf([[4, UNTIL]])))),
);
add(
  'three parts in place of four',
  any,
  { reason: 'structure', fails: 'structure' },
  text(encodeDeterministic([new Uint8Array(0), new Map(), claims(v)])),
);
add(
  'not compressed',
  any,
  { reason: 'inflate', fails: 'inflate' },
  `HC1:${base45Encode(signed(any, claims(v)))}`,
);
add(
  'a byte behind the packed stream, all else true',
  any,
  { reason: 'inflate', fails: 'inflate' },
  `HC1:${base45Encode(Buffer.concat([deflateSync(signed(any, claims(v))), Buffer.of(0)]))}`,
);
add(
  'a bomb of 4 MiB',
  any,
  { reason: 'inflate', fails: 'inflate' },
  `HC1:${base45Encode(deflateSync(Buffer.alloc(4 * 1024 * 1024), { level: 9 }).subarray(0, 4000))}`,
);
add(
  'base45 with a small letter',
  any,
  { reason: 'decode', fails: 'decode' },
  text(signed(any, claims(v))).replace(/.$/, 'a'),
);
add(
  'another version of the prefix',
  any,
  { reason: 'not-a-pass', fails: 'prefix' },
  text(signed(any, claims(v))).replace('HC1:', 'HC2:'),
);

const certificates = Object.fromEntries(
  [any, onlyV, onlyT, rsa].map(({ name, der }) => [name, der.toString('base64')]),
);
const note =
  'Made by tools/vectors/hcert.mjs, no real person or issuer. Clock for all: the field "clock". "certificate" is the one to trust, in base64 of DER.';
const file = fileURLToPath(new URL('../../vectors/hcert.json', import.meta.url));
writeFileSync(
  file,
  `${JSON.stringify({ note, clock: '2027-06-01T12:00:00Z', certificates, cases }, null, 1)}\n`,
);
rmSync(folder, { recursive: true });
process.stderr.write(`${cases.length} cases written\n`);
