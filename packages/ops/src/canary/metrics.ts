import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observation, State } from '@munjigi/core/incident';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { readMarkers } from '../lib/markers.ts';
import type { Way } from './seen.ts';

const LEVEL: Readonly<Record<State, number>> = { works: 0, slow: 1, down: 2 };

/** What a canary shows to Prometheus. */
export class CanaryMetrics {
  readonly registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'munjigi_canary_seconds',
    help: 'How long a step of the way took, by the door or mirror that it went through',
    labelNames: ['door', 'step'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers: [this.registry],
  });
  readonly #state = new Gauge({
    name: 'munjigi_canary_state',
    help: 'How a component stood in the last round: 0 works, 1 slow, 2 down',
    labelNames: ['component', 'door'],
    registers: [this.registry],
  });
  readonly #lastRound = new Gauge({
    name: 'munjigi_canary_last_round_timestamp_seconds',
    help: 'When the last round ended: a canary that falls silent is noticed by this',
    labelNames: ['canary'],
    registers: [this.registry],
  });
  readonly #told = new Counter({
    name: 'munjigi_canary_observations_total',
    help: 'Observations by whether an authority took them',
    labelNames: ['result'],
    registers: [this.registry],
  });

  /** @param markers file of change markers, read anew at every scrape; null for none */
  constructor(markers: string | null = null) {
    const changes = new Gauge({
      name: 'munjigi_change_timestamp_seconds',
      help: 'When somebody began, ended or rolled back a change, and how it is taken back',
      labelNames: ['change', 'phase', 'back'],
      registers: [this.registry],
      async collect() {
        changes.reset();
        if (markers === null) return;
        for (const { at, ...labels } of await readMarkers(markers)) changes.set(labels, at);
      },
    });
  }

  /** @param endedMs when the round ended; null where the canary could not look at everything */
  round(ways: readonly Way[], { canary, seen }: Observation, endedMs: number | null): void {
    for (const { door, steps } of ways)
      for (const { step, ms } of steps) this.#seconds.observe({ door, step }, ms / 1000);
    for (const { component, door, state } of seen) this.#state.set({ component, door }, LEVEL[state]);
    if (endedMs !== null) this.#lastRound.set({ canary }, endedMs / 1000);
  }

  told(taken: boolean): void {
    this.#told.inc({ result: taken ? 'taken' : 'refused' });
  }

  /** Serves `/metrics` on this machine. @returns the server and the port that it got */
  async listen(host: string, port: number): Promise<{ readonly server: Server; readonly port: number }> {
    const server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
      void this.registry
        .metrics()
        .then((text) => response.writeHead(200, { 'content-type': this.registry.contentType }).end(text));
      return response;
    });
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(port, host, done);
    });
    return { server, port: (server.address() as AddressInfo).port };
  }
}
