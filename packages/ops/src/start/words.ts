import { networkInterfaces } from 'node:os';
import { DEFAULT_PORT, type StartOptions } from './options.ts';
import type { Alone } from './servers/index.ts';
import type { Invited } from './staff.ts';

export interface Opened {
  readonly port: number;
  readonly asked: number | null;
  readonly secure: boolean;
  readonly everyone: boolean;
  readonly story: boolean;
  readonly data: string;
  /** Why there is one server alone; null where there are three. */
  readonly alone: Alone | null;
  readonly venueId: number;
  readonly enrolmentCode: string;
  /** People of the demonstration who have no passkey yet. */
  readonly invited: readonly Invited[];
  readonly firstMs: number;
}

const ALONE: Readonly<Record<Alone, string>> = {
  asked: 'One server, as --embedded asks. / --embedded에 따라 서버 한 대로 엽니다.',
  begun:
    'One server of three: this folder was begun with the embedded database. / 이 폴더는 내장 데이터베이스로 시작되어 세 대 중 한 대만 엽니다.',
  missing:
    'One server of three: PostgreSQL is not installed here. / 이 컴퓨터에 PostgreSQL이 없어 세 대 중 한 대만 엽니다.',
  refused:
    'One server of three: PostgreSQL could not use this folder. / PostgreSQL이 이 폴더를 쓸 수 없어 세 대 중 한 대만 엽니다.',
};

/** Addresses of this machine in the local network. */
export const lanAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((address) => !address.internal && address.family === 'IPv4')
    .map((address) => address.address);

/** What a newcomer reads when everything answers: Korean first, the address of the page last. */
export function openedText(opened: Opened): string {
  const base = `${opened.secure ? 'https' : 'http'}://localhost:${opened.port}`;
  const lines = [];
  if (opened.asked === null && opened.port !== DEFAULT_PORT) {
    lines.push(
      `Port ${DEFAULT_PORT} is in use, so this runs on ${opened.port}. / ${DEFAULT_PORT} 포트가 쓰이고 있어 ${opened.port} 포트에서 엽니다.`,
      '',
    );
  }
  lines.push(`Munjigi is ready (${(opened.firstMs / 1000).toFixed(1)} s). Data: ${opened.data}`);
  lines.push(
    opened.alone === null
      ? 'Three servers on a PostgreSQL of their own. / 서버 세 대, 전용 PostgreSQL.'
      : ALONE[opened.alone],
    '',
  );
  lines.push(`  ${base}/              시연 / the demonstration`);
  lines.push(`  ${base}/wallet/       손님 지갑 / the visitor's wallet`);
  lines.push(`  ${base}/gate/#venue=${opened.venueId}&enrol=${opened.enrolmentCode}`);
  lines.push(`                                     매장 기기 / the venue's device`);
  const consoleOf = (body: string) => `${base.replace('localhost', `${body}.localhost`)}/console/`;
  for (const [body, words] of [
    ['register', '출입명부 관리 / the console of the register'],
    ['authority', '방역당국 관리 / the console of the authority'],
  ] as const) {
    lines.push(`  ${consoleOf(body)}   ${words}`);
    for (const one of opened.invited.filter((person) => person.body === body))
      lines.push(`    ${one.words}: ${consoleOf(body)}#invite=${one.code}`);
  }
  lines.push(`  ${base}/api/authority/now   ${base}/health/live   ${base}/health/ready`);
  if (opened.everyone) {
    for (const address of lanAddresses())
      lines.push(`  ${base.replace('localhost', address)}/        from the same network`);
  }
  if (opened.secure)
    lines.push('', `  Phones: open ${base}/phone/ there once, and install the certificate it offers.`);
  lines.push(
    '',
    'Ctrl-C ends it. / 끝내려면 Ctrl-C.',
    '',
    opened.story ? `열어 보세요 / open: ${base}/` : `${base}/`,
  );
  return `${lines.join('\n')}\n`;
}

/** Where the posters of this machine lead: its own wallet; on every address, the one by which phones of its network reach it. */
export function walletAddress({ tls, host, port }: StartOptions): string {
  const name = host ?? (tls ? lanAddresses()[0] : undefined) ?? 'localhost';
  return `${tls ? 'https' : 'http'}://${name}:${port || DEFAULT_PORT}/wallet/`;
}
