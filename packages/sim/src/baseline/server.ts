/**
 * How it was done: the tablet asks, the server looks the code up and writes the visit down, in one call; without the server there is
 * no answer. `reported` takes whoever comes; `competent` turns away beyond what it can do, and drops what nobody waits for any more.
 * Arguments: strategy, port, database address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';

const [strategy, port, url] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url!, max: 8 });
pool.on('error', () => {});
/** Requests that a competent server has under way and waiting; measured to be what a second's worth of work is. */
const ROOM = 80;
let under = 0;

async function scan(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { guest, venue } = JSON.parse(body) as { guest: number; venue: number };
  const client = await pool.connect();
  try {
    if (strategy === 'competent' && response.destroyed) return;
    await client.query('BEGIN');
    const { rows } = await client.query('SELECT good_until FROM proof WHERE proof_no = $1', [guest % 1000]);
    await client.query('INSERT INTO visit (guest, venue, at) VALUES ($1, $2, now())', [guest, venue]);
    await client.query('COMMIT');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ admit: rows.length > 0 }));
  } catch {
    await client.query('ROLLBACK').catch(() => {});
    response.writeHead(500).end();
  } finally {
    client.release();
  }
}

createServer((request, response) => {
  if (request.url === '/health/ready') return response.writeHead(200).end();
  if (strategy === 'competent' && under >= ROOM) {
    request.resume();
    return response.writeHead(503, { 'retry-after': '1' }).end();
  }
  under += 1;
  scan(request, response)
    .catch(() => response.writeHead(500).end())
    .finally(() => {
      under -= 1;
    });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
process.on('SIGTERM', () => process.exit(0));
