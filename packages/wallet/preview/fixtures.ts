import type { Appearance } from '@munjigi/ui/appearance';
import { isTextKey, t } from '@munjigi/ui/texts';
import { computed, signal } from '@preact/signals';
import type { CertificateCard, Code, Stage, Standing, View, Visiting, Wallet } from '../src/model.ts';

// What the pack and the engine would say on 6 January 2022, 13:58: for pictures and for looking at every state.
// The code is the published test vector of the entry pass.
const PASS =
  'MJ1:MMG$-8O609O0B90:6BHRK3F388SNFU.FK0XK4C0J60F6B379DV5JZ8U.44*H9BU%.N.47BCLIV1CR6L63LUEHPGGPE- T%I4/E7V50+20A60YCAG78DRIK7B8TNQA3R*IG:MUY4FMCLWO4461.U3*795GRZGQF2072JI0330Q+J*S73I92X9VKSSVF1V4 995AGNFBRGJ-S2V9ATCJXO8O60 BK6KGQGCY/7/10T88Q.37JBGPM%IHE+J35K+EES2LF99I BBQVZ MJ:46WHX4MI0RBNGQ56.4B9OSE-8GT4NKU%NDC5MBQPSHL4T9$$NX02C/K33';

interface Words {
  readonly privacy: string;
  readonly noEnd: string;
  readonly ended: string;
  readonly why: string;
  readonly next: string;
  readonly also: string;
  readonly word: string;
  readonly headline: string;
  readonly notice: string;
  readonly remind: string;
}
const WORDS: Record<'ko' | 'en', Words> = {
  ko: {
    privacy: '이 매장은 내 이름도 접종 내용도 볼 수 없습니다.',
    noEnd: '기한 없이 쓸 수 있습니다.',
    ended: '1월 2일 밤 12시에 끝났습니다.',
    why: '2차 접종 후 180일이 지나 1월 2일에 끝났습니다.',
    next: '3차 접종을 하면 맞은 날부터 바로 쓸 수 있습니다.',
    also: '1월 9일까지 계도기간이라 과태료가 없습니다.',
    word: '버들',
    headline: '내 QR은 정상입니다.',
    notice:
      '평소처럼 보여 주시고, 매장에서 안 찍히면 쿠브 앱이나 종이증명서를 직원에게 보여 주세요. 방역패스는 그대로 적용됩니다. (14:05)',
    remind: '1월 2일 밤 12시에 끝납니다.',
  },
  en: {
    privacy: 'This venue sees neither your name nor your records.',
    noEnd: 'No end date.',
    ended: 'Ended at midnight, 2 Jan.',
    why: 'Ended 2 Jan, 180 days after dose 2.',
    next: 'A booster counts the same day.',
    also: 'No fine until 9 Jan.',
    word: 'Willow',
    headline: 'Your QR is fine.',
    notice: 'If the shop can’t scan it, show COOV or paper. The pass still applies. (14:05)',
    remind: 'Ends at midnight, 2 Jan.',
  },
};

export function fixture(look: Appearance, query: URLSearchParams): Wallet {
  const s = query.get('s') ?? 'qr';
  const en = () => look.language.value === 'en';
  const words = computed(() => WORDS[look.language.value]);
  const ended = s === 'ended' || s === 'reason' || s === 'cert-ended';
  const clock = query.get('c');
  const start = clock ? Date.parse(`2022-01-06T${clock}+09:00`) : Date.now();
  const nowMs = signal(start);
  if (!clock) setInterval(() => (nowMs.value = Math.floor(Date.now() / 250) * 250), 250);

  const text: Wallet['text'] = (key, parameters) => {
    if (key === 'wallet.privacy') return words.value.privacy;
    return isTextKey(key) ? t(look.language.value, key, parameters) : key;
  };
  const views: Record<string, View> = {
    cert: 'certificate',
    'cert-ended': 'certificate',
    'cert-none': 'certificate',
    reason: 'reason',
    diary: 'diary',
    more: 'more',
    'poster-looking': 'poster',
    'poster-problem': 'poster',
    'poster-found': 'poster',
    'poster-kept': 'poster',
    'poster-sent': 'poster',
  };
  const card = (id: string, ko: string, english: string, date: string, usable = true): CertificateCard => ({
    id,
    kind: en() ? english : ko,
    date,
    issuer: en() ? 'KDCA' : '질병관리청',
    usable,
    sentence: usable ? words.value.noEnd : words.value.ended,
  });
  const slow = s === 'slow' ? { fromMs: start - 48_000, untilMs: start + 132_000, until: '14:00' } : null;
  const code: Code =
    s === 'empty'
      ? { state: 'empty' }
      : { state: 'live', text: PASS, lane: slow ? 'slow' : 'usual', slow, reused: s === 'reused' };
  const visit = (id: number, day: [string, string], time: string, place: string) => ({
    id,
    at: id,
    day: en() ? day[1] : day[0],
    time,
    place,
  });

  return {
    look,
    stage: signal<Stage>(s === 'enrol' ? 'enrol' : 'open'),
    view: signal<View>(views[s] ?? 'qr'),
    person: computed(() =>
      ended
        ? { name: en() ? 'Lee Jeongmin' : '이정민', birthDate: '1979-11-24' }
        : { name: en() ? 'Kim Haneul' : '김하늘', birthDate: '1988-03-12' },
    ),
    nowMs,
    clock: computed(() =>
      new Date(Math.floor(nowMs.value / 1000) * 1000 + 9 * 3_600_000).toISOString().slice(11, 19),
    ),
    sign: computed(() => (query.has('no-sign') ? null : { word: words.value.word, shape: 'star' as const })),
    code: signal<Code>(code),
    standing: computed<Standing>(() => ({
      state: ended ? 'ended' : 'usable',
      sentence: ended ? words.value.ended : words.value.noEnd,
      why: words.value.why,
      next: words.value.next,
      also: words.value.also,
      span: {
        fromLabel: en() ? 'Dose 2' : '2차 접종',
        from: '2021-07-06',
        until: en() ? '2 Jan, midnight' : '1월 2일 밤 12시',
        today: en() ? 'today, 6 Jan' : '오늘 1월 6일',
        share: 0.894,
        todayShare: 0.935,
      },
      number: 201,
    })),
    certificates: computed(() =>
      s === 'cert-none'
        ? []
        : s === 'cert-ended'
          ? [
              card('dose-2', '2차 접종', 'Dose 2', '2021-07-06', false),
              card('test', '음성확인서', 'Negative result', '2022-01-04'),
            ]
          : [card('dose-3', '3차 접종', 'Booster', '2021-12-21')],
    ),
    useful: computed(() => [
      {
        id: 'test',
        label: en() ? 'Negative result' : '음성확인서',
        detail: en() ? 'Notified on or after 4 Jan' : '통보 1월 4일 0시 이후면 됩니다',
        explain: en() ? 'The paper or message counts, whoever shows it.' : '종이나 문자 모두 됩니다.',
      },
      {
        id: 'alone',
        label: en() ? 'Alone or take-away' : '혼자 이용·포장',
        detail: en()
          ? 'Restaurants and cafes: guests on their own may stay.'
          : '식당·카페는 혼자면 이용할 수 있습니다.',
        explain: '',
      },
    ]),
    notice: computed(() =>
      query.get('notice')
        ? { headline: words.value.headline, text: words.value.notice, status: 'confirmed' as const }
        : null,
    ),
    reminder: computed(() => (query.get('remind') ? words.value.remind : null)),
    lookup: computed(() =>
      query.get('lookup') ? text('wallet.lookup', { day: en() ? '6 Jan' : '1월 6일' }) : null,
    ),
    diary: computed(() =>
      s !== 'diary'
        ? []
        : [
            visit(
              5,
              ['1월 6일 목요일', 'Thursday, 6 January'],
              '12:41',
              en() ? 'Corner Cafe' : '모퉁이 카페',
            ),
            visit(4, ['1월 6일 목요일', 'Thursday, 6 January'], '08:52', ''),
            visit(
              3,
              ['1월 5일 수요일', 'Wednesday, 5 January'],
              '19:20',
              en() ? 'Noodles by the park' : '공원 옆 국숫집',
            ),
          ],
    ),
    visiting: computed<Visiting>(() => {
      const venue = en() ? 'Corner Cafe, main street' : '모퉁이 카페';
      switch (s) {
        case 'poster-found':
          return { state: 'found', venue };
        case 'poster-problem':
          return { state: 'problem', why: 'not-genuine' };
        case 'poster-kept':
        case 'poster-sent':
          return {
            state: 'written',
            venue,
            time: '13:58',
            visit: '',
            sent: s === 'poster-sent',
          };
        default:
          return { state: 'looking' };
      }
    }),
    visitsHere: signal(query.get('waiting') ? { count: 2, refused: 1 } : { count: 0, refused: 0 }),
    posterCamera: {
      state: signal('refused' as const),
      stream: signal(null),
      open: async () => {},
      close: () => {},
    },
    retentionDays: signal(28),
    exercise: signal(true),
    providers: signal([]),
    signedIn: signal(null),
    waiting: signal(null),
    people: computed(() => [
      {
        id: 'haneul',
        name: en() ? 'Kim Haneul' : '김하늘',
        birthDate: '1988-03-12',
        tag: en() ? 'Booster 2021-12-21' : '3차 2021-12-21',
      },
      {
        id: 'jeongmin',
        name: en() ? 'Lee Jeongmin' : '이정민',
        birthDate: '1979-11-24',
        tag: en() ? 'Dose 2 2021-07-06' : '2차 2021-07-06',
      },
      {
        id: 'seoyeon',
        name: en() ? 'Choi Seoyeon' : '최서연',
        birthDate: '2005-05-30',
        tag: en() ? 'Age 16' : '16세',
      },
      {
        id: 'sunja',
        name: en() ? 'Park Sunja' : '박순자',
        birthDate: '1945-09-02',
        tag: en() ? 'Paper code' : '종이 QR',
      },
    ]),
    busy: signal(false),
    problem: signal(null),
    update: signal(null),
    install: signal(() => undefined),
    notifications: signal('off' as const),
    passes: computed(() => ({
      fresh: 27,
      until: en() ? 'Good until 14 Jan.' : '1월 14일까지 쓸 수 있습니다.',
    })),
    text,
    show(view) {
      this.view.value = view;
    },
    setLane: async () => {},
    loadPeople: async () => {},
    enrol: async () => {},
    signIn: async () => {},
    enrolSignedIn: async () => {},
    forgetSignIn: () => {},
    renew: async () => {},
    printPaper: async () => {},
    askNotifications: async () => {},
    dismissReminder: () => {},
    dismissLookup: () => {},
    lookForPoster: () => {},
    scanPoster: async () => {},
    enterByPoster: async () => {},
    notePlace: async () => {},
    forget: async () => {},
    forgetAll: async () => {},
  };
}
