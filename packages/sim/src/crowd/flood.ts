/** Requests of nobody's wallet, from several networks at once. */
export interface Flooding {
  /** An issuer's desk, such as http://127.0.0.1:8080/api/issuer. */
  readonly issuer: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** How many networks it comes from, as the proxy before the service names them. */
  readonly networks: number;
}

/** How many answers of each status there were; `none` where there was no answer. */
export type Flooded = Readonly<Record<string, number>>;

/** Asks for enrolments of people who do not exist, at an even pace that no answer delays and with no regard for what is answered. */
export async function flood({ issuer, perSecond, seconds, networks }: Flooding): Promise<Flooded> {
  const answers: Record<string, number> = {};
  const one = async (i: number): Promise<void> => {
    const status = await fetch(`${issuer}/enrolments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `198.51.${i % networks}.${i % 250}`,
      },
      body: JSON.stringify({ provider: 'demonstration', assertion: { person: `nobody-${i}` } }),
      signal: AbortSignal.timeout(5_000),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return String(answer.status);
      },
      () => 'none',
    );
    answers[status] = (answers[status] ?? 0) + 1;
  };
  const begun = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = begun + (i / perSecond) * 1000 - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    under.push(one(i));
  }
  await Promise.all(under);
  return answers;
}
