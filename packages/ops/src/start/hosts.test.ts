import type { IncomingMessage } from 'node:http';
import { type Operation, operations } from '@munjigi/service/contracts';
import { describe, expect, it } from 'vitest';
import { BODIES, bodyOf, passesAt } from './hosts.ts';

const at = (host: string | undefined) => bodyOf({ headers: host ? { host } : {} } as IncomingMessage);

describe('the addresses of the bodies', () => {
  it('are known by their first name, whatever the port and the case', () => {
    expect(at('register.localhost:8787')).toBe('register');
    expect(at('Authority.example.org')).toBe('authority');
    expect(at('issuer.localhost')).toBe('issuer');
  });

  it('are no other names, so that the demonstration goes on at its own', () => {
    for (const host of [
      'localhost:8787',
      '127.0.0.1',
      'registers.localhost',
      'myregister.localhost',
      undefined,
    ])
      expect(at(host), host).toBe(null);
  });

  it('pass no route of another desk, but for the reading of the public log', () => {
    const all = Object.values<Operation>(operations).filter(({ url }) => url.startsWith('/api/'));
    expect(all.length).toBeGreaterThan(50);
    for (const body of BODIES)
      for (const { url, method } of all) {
        const own = url.startsWith(`/api/${body}/`);
        const log = method === 'GET' && url.startsWith('/api/authority/log/');
        expect(passesAt(body, url, method), `${body}: ${method} ${url}`).toBe(own || log);
      }
    expect(passesAt('register', '/api/authority/log/lines', 'POST')).toBe(false);
    expect(passesAt('register', '/api/authority/log/../cases', 'GET')).toBe(false);
    expect(passesAt('register', '/api/registers/x', 'GET')).toBe(false);
  });
});
