import { countsAt, noticeTexts, type Obligation } from '@munjigi/core/rules';
import { MAX_NOW_BYTES, type Now } from '@munjigi/core/trust';
import { signNow } from '@munjigi/core/trust/publish';
import { describe, expect, it } from 'vitest';
import { testKey } from '../packages/core/test/test-keys.ts';
import { CAFE, korea, seconds, ward } from './support/packs.ts';

/** What should have been said at that minute, and what was owed: R to record, C to check, F fines of the venue. */
interface Minute {
  readonly at: string;
  readonly notice: string;
  readonly status: Now['status'];
  /** Where a provisional notice is said under an obligation of its own. */
  readonly obligation?: string;
  readonly R: Obligation['record'];
  readonly C: Obligation['check'];
  readonly F: Obligation['fines']['venue'];
  readonly owner: readonly [ko: readonly string[], en: readonly string[]];
  readonly visitor: readonly [ko: readonly string[], en: readonly string[]];
}

const MINUTES: readonly Minute[] = [
  {
    at: '2021-01-01T09:30',
    notice: 'register-down',
    status: 'confirmed',
    R: 'eased',
    C: 'none',
    F: 'stand',
    owner: [
      [
        '출입명부 서버 장애(오늘 아침부터).',
        '명부 의무는 그대로',
        '평소처럼 찍으세요. 이 기기에 기록됐다가 저절로 전송됩니다. QR이 없는 손님은 수기명부로 받으시면 됩니다.',
        '(09:30 확정)',
      ],
      [
        'Register servers down since this morning. The duty to keep a record stands',
        'No QR? Use the paper sheet.',
      ],
    ],
    visitor: [
      ['평소처럼 QR을 보여 주세요. QR이 안 열리면 수기명부에 적으시면 됩니다.'],
      ["Show your QR as usual. If it won't open, sign the sheet."],
    ],
  },
  {
    at: '2021-12-13T11:42',
    notice: 'proofs-down',
    status: 'provisional',
    obligation: 'check-by-word-undecided',
    R: 'required',
    C: 'eased',
    F: 'open',
    owner: [
      [
        '접종증명이 안 뜨는 장애(11:40~).',
        '뜨는 손님은 평소대로, 안 뜨는 손님은',
        '접종했는지 여쭤보고 [말로 확인]을 누르세요. 과태료는 질병청이 정하는 대로 여기에 알려 드립니다.',
        '(11:42 잠정)',
      ],
      [
        'Certificates not loading since 11:40.',
        'If it shows, check as usual; if not, ask',
        'Whether fines apply will appear here.',
      ],
    ],
    visitor: [
      [
        '증명이 안 뜨면',
        '새로고침을 반복하지',
        '접종 여부를 직원에게 말씀해 주세요.',
        '거짓으로 답하면 과태료 대상입니다.',
      ],
      ["If it won't load,", 'A false answer can be fined.'],
    ],
  },
  {
    at: '2021-12-13T19:10',
    notice: 'proofs-down',
    status: 'confirmed',
    R: 'required',
    C: 'eased',
    F: 'waived',
    owner: [
      [
        '오늘(12/13) 밤 12시까지 식당·카페 방역패스 과태료를 물리지 않습니다. 안 뜨는 손님은 말로 확인하세요. 출입 기록은 그대로 남깁니다.',
      ],
      [
        'No pass fines at restaurants and cafes until midnight tonight',
        "Ask those whose proof won't load. Keep recording entries.",
      ],
    ],
    visitor: [
      ['오늘은 그것으로 됩니다. 거짓으로 답하면 과태료 대상입니다.'],
      ['A false answer can be fined.'],
    ],
  },
  {
    at: '2021-12-14T11:45',
    notice: 'wallet-slow',
    status: 'confirmed',
    R: 'required',
    C: 'eased',
    F: 'waived',
    owner: [
      [
        '네이버에서 증명이 늦게 뜹니다(11:40~). 카카오톡·토스·PASS로 열어 달라고',
        '안 되면 말로 확인하세요. 오늘(12/14)도 과태료는 없습니다.',
      ],
      ['Naver is slow', 'Ask for KakaoTalk, Toss or PASS', 'No fines today either.'],
    ],
    visitor: [
      [
        '네이버가 늦습니다.',
        '카카오톡·토스·PASS로 여실 수 있습니다.',
        '미리 받기는 오늘 오후 3시 이후, 고객님 순서에 앱이 알려 드립니다.',
      ],
      ['Naver is slow', 'Renew later, your app will tell you when it is your turn.'],
    ],
  },
  {
    at: '2022-01-03T11:50',
    notice: 'validity-starts',
    status: 'confirmed',
    R: 'required',
    C: 'required',
    F: 'stand',
    owner: [
      [
        '오늘부터 유효기간이 적용됩니다. ',
        '쿠브나 종이증명서에서 접종일을 보세요. 기간이 지난 손님도 1월 9일까지는 계도기간이라 과태료가 없습니다.',
      ],
      ['Expiry applies from today.', 'Ended passes: no fine until 9 Jan.'],
    ],
    visitor: [
      [
        "3차를 맞았는데 '딩동'이 울려도 잘못된 것이 아닙니다. 쿠브 앱이나 종이증명서의 접종일을 보여 주세요. 갱신은 점심 뒤에 하셔도 됩니다.",
      ],
      ['Boosted and it rang? Nothing is wrong. Show the date in COOV or on paper; update after lunch.'],
    ],
  },
  ...(['provisional', 'confirmed'] as const).map(
    (status): Minute => ({
      at: status === 'provisional' ? '2022-01-06T14:02' : '2022-01-06T14:05',
      notice: 'app-down',
      status,
      R: 'eased',
      C: 'required',
      F: 'stand',
      owner: [
        [
          '사업자용 앱 서버 장애(14:00~). 방역패스 의무는 그대로입니다. 이 기기는 서버 없이 확인하니 평소처럼 찍으세요. 안 찍히면 증명서를 눈으로 보고 [봤음]을 누르면 됩니다. 확인 없이 들여보내면 과태료 대상입니다. 앱을 다시 깔지 마세요.',
          status === 'provisional' ? '(14:02 잠정)' : '(14:05 확정)',
        ],
        [
          "Operator servers down since 14:00. The pass duty stands. This device decides without the server: scan as usual. If a code won't read, look at the proof and tap 'Seen'. Letting people in unchecked can be fined. Do not reinstall.",
        ],
      ],
      visitor: [
        [
          '내 QR은 정상입니다. 평소처럼 보여 주시고, 매장에서 안 찍히면 쿠브 앱이나 종이증명서를 직원에게 보여 주세요. 방역패스는 그대로 적용됩니다.',
        ],
        ["Your QR is fine. If the shop can't scan it, show COOV or paper. The pass still applies."],
      ],
    }),
  ),
  {
    at: '2022-01-06T19:20',
    notice: 'app-back',
    status: 'confirmed',
    R: 'required',
    C: 'required',
    F: 'stand',
    owner: [
      [
        '복구되었습니다. 14:00~19:20에 눈으로 확인한 것은 정상 확인입니다. 저장된 기록은 저절로 전송됩니다. 더 하실 일은 없습니다.',
      ],
      [
        'Repaired. Checks by eye between 14:00 and 19:20 count. Saved entries are being sent. Nothing more to do.',
      ],
    ],
    visitor: [['복구되었습니다.'], ['Repaired.']],
  },
  {
    at: '2022-01-22T12:00',
    notice: 'wallet-login-down',
    status: 'confirmed',
    R: 'required',
    C: 'required',
    F: 'stand',
    owner: [
      [
        '네이버 휴대전화 인증 장애로 네이버 QR이 안 열리는 손님이 있습니다. 의무는 그대로입니다. 카카오톡·PASS·토스·쿠브나 종이증명서로 확인하세요.',
      ],
      ["Some Naver QRs won't open. The duty stands", 'another wallet, COOV or paper.'],
    ],
    visitor: [
      [
        '네이버 인증이 안 되고 있습니다. 인증을 반복하지 마시고 카카오톡·PASS·토스·쿠브에서 열거나 종이증명서를 보여 주세요.',
      ],
      ["Naver verification is down. Don't retry; use another wallet or paper."],
    ],
  },
  {
    at: '2022-02-03T11:25',
    notice: 'wallet-down',
    status: 'confirmed',
    R: 'required',
    C: 'required',
    F: 'stand',
    owner: [
      [
        '카카오톡 QR이 열리지 않습니다(11:20~). 의무는 그대로입니다. 네이버·PASS·토스·쿠브나 종이증명서로 확인하세요. 이 기기는 정상입니다. (11:25',
      ],
      ["KakaoTalk QR won't open since 11:20. The duty stands", 'COOV or paper. This device is fine.'],
    ],
    visitor: [
      ['카카오톡 QR이 열리지 않습니다. 네이버·PASS·토스·쿠브에서 열거나 종이증명서를 보여 주세요.'],
      ['KakaoTalk QR is down. Open it in another wallet, COOV, or show paper.'],
    ],
  },
];

const nowAt = (minute: Pick<Minute, 'at' | 'notice' | 'status' | 'obligation'>, parameters = {}): Now => {
  const at = seconds(`${minute.at}:00+09:00`);
  return {
    version: 1,
    sequence: 4_000_000,
    issuedAt: at,
    validFrom: at,
    validUntil: at + 86_400,
    notice: minute.notice,
    parameters,
    status: minute.status,
    obligation: minute.obligation ?? korea.pack.notices[minute.notice]!.obligation,
    bundle: { rootVersion: 99, sequence: 4_000_000, digest: new Uint8Array(32).fill(1) },
    logHead: new Uint8Array(64).fill(2),
  };
};

describe('the seven incidents, at that minute', () => {
  it.each(MINUTES)('$at $notice, $status: owner and visitor are told the same facts', (minute) => {
    const now = nowAt(minute);
    for (const reader of ['owner', 'visitor'] as const) {
      for (const [i, language] of (['ko', 'en'] as const).entries()) {
        const { sentence } = noticeTexts(korea, now, reader, language, CAFE);
        for (const words of minute[reader][i]!) expect(sentence).toContain(words);
      }
    }
  });

  it.each(MINUTES)('$at $notice, $status: what is owed is what the law then wanted', (minute) => {
    const { obligation } = countsAt(korea, nowAt(minute), CAFE);
    const { record, check, fines } = korea.pack.obligations[obligation]!;
    expect([record, check, fines.venue]).toEqual([minute.R, minute.C, minute.F]);
    expect(fines.visitor, 'who answers falsely can be fined all the time').toBe('stand');
  });

  it('hotline and city hall answer with the sentence for a tablet that is dead', () => {
    const [dead] = MINUTES.filter(({ at }) => at === '2022-01-06T14:05');
    expect(noticeTexts(korea, nowAt(dead!), 'answer', 'ko').text).toBe(
      '안심콜로 기록하고 증명서는 눈으로 보세요. 안심콜이 없으면 복구될 때까지 수기명부도 됩니다.',
    );
  });

  it('shrink, in a world whose passes are on the phone, to one sentence', () => {
    const now = nowAt({ at: '2022-02-03T11:25', notice: 'issuing-delayed', status: 'provisional' });
    expect(noticeTexts(korea, now, 'visitor', 'ko').sentence).toContain(
      '새로 발급만 늦습니다. 휴대전화에 이미 있는 증명은 그대로 쓸 수 있습니다.',
    );
    expect(noticeTexts(korea, now, 'visitor', 'en').sentence).toContain('Only new passes are delayed.');
  });

  it('fit into the one kilobyte that goes ahead of everything, as does every other notice', async () => {
    const delegate = testKey('a delegate');
    const parameters = { since: 1_641_445_200, until: 1_641_464_400, hours: 48 };
    for (const [policy, notices] of [korea, ward].map(
      (one) => [one, Object.keys(one.pack.notices)] as const,
    )) {
      for (const notice of notices) {
        const now = {
          ...nowAt({ at: '2022-01-06T14:05', notice: 'app-down', status: 'provisional' }, parameters),
          notice,
          obligation: Object.keys(policy.pack.obligations).sort((a, b) => b.length - a.length)[0]!,
        };
        expect((await signNow(now, delegate)).length).toBeLessThanOrEqual(MAX_NOW_BYTES / 2);
      }
    }
  });
});
