import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PAGE_HEADERS } from '../headers.ts';
import { BODIES } from '../hosts.ts';
import { lanAddresses } from '../words.ts';
import { makeAuthority, makeServerCertificate, pem } from './certificate.ts';
import { phonePage } from './phone-page.ts';

export interface Tls {
  /** Answers `/phone/` and the certificate; true where it did. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL): boolean;
  /** A server that speaks https, and sends plain http on the same port to `/phone/`. */
  server(front: RequestListener): Server;
}

const COMMON_NAME = 'Munjigi on this machine';
const HANDSHAKE = 0x16;

/** Opens the authority of this machine (made at the first time, kept in `folder`) and a certificate for its addresses. */
export async function openTls(folder: string, now = new Date()): Promise<Tls> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const host = os
    .hostname()
    .toLowerCase()
    .replace(/\.local$/, '');
  const names = [
    'localhost',
    ...BODIES.map((body) => `${body}.localhost`),
    ...(/^[a-z0-9-]+$/.test(host) ? [host, `${host}.local`] : []),
  ];
  const authority = await keptAuthority(folder, names, now);
  const leaf = makeServerCertificate(
    { commonName: COMMON_NAME, key: authority.key },
    names,
    ['127.0.0.1', ...lanAddresses()],
    now,
  );
  const credentials = {
    key: leaf.key.export({ type: 'pkcs8', format: 'pem' }),
    cert: pem(leaf.der) + pem(authority.der),
  };
  const send = (
    response: ServerResponse,
    type: string,
    body: string | Buffer,
    more: Record<string, string> = {},
  ) => {
    response
      .writeHead(200, { ...PAGE_HEADERS, 'content-type': type, 'cache-control': 'no-store', ...more })
      .end(body);
  };
  const answer: Tls['answer'] = (_request, response, url) => {
    if (url.pathname === '/phone/munjigi.crt') {
      send(response, 'application/x-x509-ca-cert', authority.der, {
        'content-disposition': 'attachment; filename="munjigi.crt"',
      });
      return true;
    }
    if (url.pathname !== '/phone/' && url.pathname !== '/phone') return false;
    send(response, 'text/html; charset=utf-8', phonePage(new X509Certificate(authority.der).fingerprint256));
    return true;
  };
  return { answer, server: (front) => bothWays(credentials, front, answer) };
}

async function keptAuthority(folder: string, names: readonly string[], now: Date) {
  const keyFile = path.join(folder, 'authority.key');
  const certificateFile = path.join(folder, 'authority.crt');
  try {
    const der = new X509Certificate(await readFile(certificateFile)).raw;
    const monthAhead = now.getTime() + 30 * 86_400_000;
    if (Date.parse(new X509Certificate(der).validTo) > monthAhead)
      return { key: createPrivateKey(await readFile(keyFile)), der };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = makeAuthority(COMMON_NAME, names, now);
  await writeFile(keyFile, made.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await writeFile(certificateFile, pem(made.der));
  return made;
}

/** Looks at the first byte of a connection: a TLS handshake goes to https, anything else is told where to go. */
function bothWays(credentials: https.ServerOptions, front: RequestListener, answer: Tls['answer']): Server {
  const secure = https.createServer(credentials, front);
  const open = http.createServer((request, response) => {
    const url = new URL('http://door/phone/');
    if (request.url?.startsWith('/phone')) url.pathname = request.url.split('?')[0] ?? '/phone/';
    if (!answer(request, response, url)) answer(request, response, new URL('http://door/phone/'));
  });
  return net.createServer((socket: Socket) => {
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === HANDSHAKE ? secure : open).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
    socket.on('error', () => socket.destroy());
  });
}
