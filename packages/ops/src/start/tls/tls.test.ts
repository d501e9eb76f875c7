import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenOn } from '../port.ts';
import { makeAuthority, makeServerCertificate, pem } from './certificate.ts';
import { openTls } from './index.ts';

let folder: string;
let server: Server;
let port: number;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-tls-'));
  const tls = await openTls(folder);
  server = tls.server((_request, response) => response.end('the door')) as Server;
  port = await listenOn(server, 0, '127.0.0.1');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (ca: string | undefined, host: string) =>
  new Promise<string>((done, fail) => {
    https
      .get({ host: '127.0.0.1', port, path: '/', servername: host, ...(ca ? { ca } : {}) }, (answer) => {
        let body = '';
        answer.on('data', (part) => (body += part)).on('end', () => done(body));
      })
      .on('error', fail);
  });

describe('https with an authority of this machine', () => {
  it('is trusted by who installed the certificate that plain http offers on the same port', async () => {
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain('/phone/munjigi.crt');
    const bytes = Buffer.from(
      await (await fetch(`http://127.0.0.1:${port}/phone/munjigi.crt`)).arrayBuffer(),
    );
    expect(await get(pem(bytes), 'localhost')).toBe('the door');
  });

  it('is not trusted by anybody else, nor for another name', async () => {
    await expect(get(undefined, 'localhost')).rejects.toThrow();
    const ca = pem(
      Buffer.from(await (await fetch(`http://127.0.0.1:${port}/phone/munjigi.crt`)).arrayBuffer()),
    );
    await expect(get(ca, 'bank.example')).rejects.toThrow(/altname|alt name|does not match/i);
  });

  it('keeps its authority over a restart, so that a phone installs it once', async () => {
    const again = await openTls(folder);
    const one = await openTls(folder);
    expect(again).not.toBe(one);
    const first = Buffer.from(
      await (await fetch(`http://127.0.0.1:${port}/phone/munjigi.crt`)).arrayBuffer(),
    );
    const second = (await openTls(folder)).server(() => {}) as Server;
    const otherPort = await listenOn(second, 0, '127.0.0.1');
    const bytes = Buffer.from(
      await (await fetch(`http://127.0.0.1:${otherPort}/phone/munjigi.crt`)).arrayBuffer(),
    );
    second.close();
    expect(bytes.equals(first)).toBe(true);
  });

  it('makes an authority that can speak for no other place', () => {
    const from = new Date('2022-01-06T00:00:00Z');
    const authority = makeAuthority('Test', ['localhost'], from);
    const shown = new X509Certificate(authority.der);
    expect(shown.ca).toBe(true);
    expect(shown.verify(shown.publicKey)).toBe(true);
    expect(
      shown.checkPrivateKey(createPrivateKey(authority.key.export({ type: 'pkcs8', format: 'pem' }))),
    ).toBe(true);
    expect(authority.der.includes(Buffer.from('551d1e', 'hex')), 'name constraints').toBe(true);
    const leaf = new X509Certificate(
      makeServerCertificate({ commonName: 'Test', key: authority.key }, ['localhost'], ['192.168.0.7'], from)
        .der,
    );
    expect(leaf.checkIssued(shown)).toBe(true);
    expect(leaf.checkIP('192.168.0.7')).toBe('192.168.0.7');
    expect(leaf.checkHost('elsewhere.example')).toBeUndefined();
  });
});
