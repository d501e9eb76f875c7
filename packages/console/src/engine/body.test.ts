import { describe, expect, it } from 'vitest';
import { bodyOfHost, consoleAddress } from './body.ts';
import { gateLink, inviteIn, inviteLink, placeIn, plainHost } from './links.ts';

const AT = { protocol: 'http:', host: 'register.localhost:8787' };

describe('the body of a page', () => {
  it('is the one whose address it was served from, and no other', () => {
    expect(bodyOfHost('register.localhost')).toBe('register');
    expect(bodyOfHost('AUTHORITY.example.org')).toBe('authority');
    for (const host of ['localhost', '127.0.0.1', 'registers.localhost', 'x.register.localhost'])
      expect(bodyOfHost(host), host).toBe(null);
    expect(consoleAddress('register', { protocol: 'https:', host: 'localhost:1' })).toBe(
      'https://register.localhost:1/console/',
    );
  });
});

describe('links', () => {
  it('lead a tablet to the gate, which stands at the address of no body', () => {
    expect(plainHost(AT.host)).toBe('localhost:8787');
    const link = gateLink(AT, { venueId: 7, enrolmentCode: 'A B', name: '출입문' });
    expect(link.startsWith('http://localhost:8787/gate/#')).toBe(true);
    expect(Object.fromEntries(new URLSearchParams(link.split('#')[1]))).toEqual({
      venue: '7',
      enrol: 'A B',
      name: '출입문',
    });
  });

  it('carry an invite there and back, and nothing that is too long to be one', () => {
    const link = inviteLink(AT, 'mV3tYk1ZQm-3oQ8rB0v5xA');
    expect(inviteIn(new URL(link).hash)).toBe('mV3tYk1ZQm-3oQ8rB0v5xA');
    expect(inviteIn(`#invite=${'a'.repeat(200)}`)).toBe(null);
    expect(inviteIn('#/venues')).toBe(null);
    expect(placeIn('#/venue/7')).toBe('venue/7');
    expect(placeIn('#invite=x')).toBe('');
  });
});
