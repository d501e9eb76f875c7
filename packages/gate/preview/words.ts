// What the pack says on 6 January 2022, for the states that the pictures show.
type Both = readonly [ko: string, en: string];

export const PACK: Readonly<Record<string, Both>> = {
  'reason.valid.headline': ['입장하세요', 'Welcome'],
  'reason.valid.instruction': ['그대로 안내하시면 됩니다.', 'Nothing more to do.'],
  'reason.check-only.headline': ['입장하세요', 'Welcome'],
  'reason.check-only.instruction': [
    '출입명부는 중단되어 아무것도 기록하지 않았습니다.',
    'The register is suspended; nothing was saved.',
  ],
  'reason.seen-by-eye.headline': ['입장하세요', 'Welcome'],
  'reason.seen-by-eye.instruction': [
    '눈으로 확인함. 출입 기록도 남겨 주세요.',
    'Checked by eye. Now save the entry.',
  ],
  'reason.alone.headline': ['한 분 자리로 안내하세요', 'Seat for one'],
  'reason.alone.instruction': [
    '식당·카페는 혼자면 이용할 수 있습니다. 출입 기록은 남겨 주세요.',
    'Restaurants and cafes: guests on their own may stay. Save the entry.',
  ],
  'reason.ended.headline': ['다른 증명이 필요해요', 'Another proof needed'],
  'reason.ended.instruction': [
    '이 증명은 1월 2일까지였습니다. 다른 증명이 있는지 여쭤보세요.',
    'Valid until 2 Jan. Ask for another proof.',
  ],
  'reason.ended.staffSays': [
    '이 증명은 날짜가 지나서요. 혹시 다른 증명서 있으세요?',
    'This one has run out. Do you have another?',
  ],
  'reason.grace.instruction': [
    '1월 9일까지 계도기간이라 과태료가 없습니다. 안내한 뒤 [안내함]을 누르세요.',
    'No fine until 9 Jan. Advise, then tap [Advised].',
  ],
  'reason.compare.headline': ['신분증과 맞춰 주세요', 'Compare with ID'],
  'reason.compare.instruction': ['같으면 [같음]을 누르세요.', 'Same? Tap [Same].'],
  'reason.compare.staffSays': ['신분증 잠깐 보여 주시겠어요?', 'May I see your ID for a moment?'],
  'reason.old-drawing.headline': ['QR을 새로 열어 주세요', 'Please refresh your code'],
  'reason.old-drawing.instruction': [
    '방금 만든 QR이 아닙니다. 화면에서 다시 열면 됩니다.',
    'Not a fresh code. Reopening it is enough.',
  ],
  'reason.not-accepted-here.headline': [
    '진본입니다. 국내 확인이 필요해요',
    'Genuine. Korean confirmation needed',
  ],
  'reason.not-accepted-here.instruction': [
    '서명은 맞습니다(진본). 보건소 접종확인서나 다른 증명을 부탁하세요.',
    'Signature is right; ask for the health-centre confirmation.',
  ],
  'reason.not-accepted-here.staffSays': [
    '해외 증명서는 맞는데요, 보건소에서 받으신 확인서 있으세요?',
    'Your certificate is genuine. Do you have the confirmation from a Korean health centre?',
  ],
  'reason.clock-gate.headline': ['기기 시계를 확인할 수 없어요', 'Device clock unsure'],
  'reason.clock-gate.instruction': [
    '손님 문제가 아닙니다. 눈으로 확인하세요.',
    'Not the guest’s fault. Check by eye.',
  ],
  'reason.clock-gate.also': ['설정 > 날짜·시간 > 자동', 'Settings > Date and time > Automatic'],
  'reason.issuer-unknown.headline': ['처음 보는 발급기관이에요', 'Unknown issuer'],
  'reason.issuer-unknown.instruction': [
    '위조라는 뜻이 아닙니다. 이 기기에 없는 곳입니다. 눈으로 확인하세요.',
    'Not ‘fake’, only unknown to this device. Check by eye.',
  ],
  'reason.not-saved.headline': ['확인됐지만 기록되지 않았어요', 'Checked, not saved'],
  'reason.not-saved.instruction': [
    '안심콜이나 명부로 출입을 남겨 주세요.',
    'Use call-in or a sheet for the entry.',
  ],
  'typed.safety-code.label': ['개인안심번호', 'Safety code'],
};

export const STRIPS: Readonly<Record<string, { readonly headline: Both; readonly text: Both }>> = {
  usual: {
    headline: ['평소대로 확인하고 기록합니다.', 'Check and record as usual.'],
    text: ['1월 6일 13:58 기준 · 식당·카페', 'As of 6 Jan, 13:58 · restaurants and cafes'],
  },
  incident: {
    headline: ['평소처럼 찍으세요.', 'Carry on.'],
    text: [
      '서버 없이 확인되고, 이 기기에 **83건** 저장됨. 연결되면 저절로 전송됩니다. **앱을 지우거나 다시 깔지 마세요.**',
      'Checked without the server; **83** saved here, sent later by themselves. **Do not reinstall.**',
    ],
  },
  duty: {
    headline: ['방역패스 의무는 그대로입니다.', 'The pass duty stands.'],
    text: [
      '사업자용 앱 서버 장애(14:00~). 이 기기는 서버 없이 확인하니 평소처럼 찍으세요. 안 찍히면 증명서를 눈으로 보고 [봤음]을 누르면 됩니다. (14:02)',
      'Operator servers down since 14:00. This device decides without the server: scan as usual. If a code won’t read, look at the proof and tap [Seen]. (14:02)',
    ],
  },
  ageing: {
    headline: ['규칙 정보 26시간 전', 'Rules 26 h old'],
    text: [
      '확인은 계속됩니다. 오늘 안에 인터넷에 한 번 연결해 주세요.',
      'Scanning goes on. Connect once today.',
    ],
  },
  back: {
    headline: ['다시 연결됨.', 'Back.'],
    text: ['83건 모두 등록 확인.', 'All 83 confirmed.'],
  },
  'not-saved': {
    headline: ['기록되지 않고 있습니다.', 'Entries are not being saved.'],
    text: [
      '확인은 계속됩니다. 출입은 안심콜이나 명부로 남겨 주세요.',
      'Scanning goes on. Use call-in or a sheet for the entry.',
    ],
  },
  stopped: {
    headline: ['이 기기는 더 쓰지 않는 기기입니다.', 'This device is no longer in use.'],
    text: ['매장에 새 등록 코드를 요청하세요.', 'Ask the venue for a new enrolment code.'],
  },
  viewer: {
    headline: ['다른 창에서 스캔하고 있습니다.', 'Another window is scanning.'],
    text: ['이 창은 보기만 합니다.', 'This one only shows.'],
  },
};

export const EYE: readonly {
  readonly id: string;
  readonly label: Both;
  readonly value: Both;
  readonly detail: Both;
  readonly explain: Both;
}[] = [
  {
    id: 'booster',
    label: ['3차 접종', 'Booster'],
    value: ['', ''],
    detail: ['', ''],
    explain: ['맞은 날부터 바로 쓸 수 있습니다.', 'Counts from the day it was given.'],
  },
  {
    id: 'second',
    label: ['2차(얀센 1회) 접종일', 'Dose 2 (Janssen 1)'],
    value: ['2021-07-10 ~ 2021-12-23', '2021-07-10 ~ 2021-12-23'],
    detail: ['', ''],
    explain: [
      '14일이 지난 날부터 180일까지입니다. 오늘은 이 두 날짜 사이면 됩니다.',
      'From 14 days after to 180 days after: today, between these two dates.',
    ],
  },
  {
    id: 'test',
    label: ['음성확인 통보', 'Negative, notified'],
    value: ['1월 4일 0시', '4 Jan 00:00'],
    detail: ['이후', 'or after'],
    explain: ['통보 후 48시간이 되는 날 밤 12시까지입니다.', 'To midnight of the day its 48 hours end.'],
  },
  {
    id: 'released',
    label: ['격리해제일', 'Released from isolation'],
    value: ['2021-07-10', '2021-07-10'],
    detail: ['이후', 'or after'],
    explain: ['격리해제확인서의 날짜를 보세요.', 'The date on the release paper.'],
  },
  {
    id: 'exempt',
    label: ['예외확인서', 'Exemption paper'],
    value: ['', ''],
    detail: ['', ''],
    explain: ['보건소나 앱의 예외확인서입니다.', 'On paper from a health centre, or in the app.'],
  },
  {
    id: 'age',
    label: ['출생', 'Born'],
    value: ['2003-01-01', '2003-01-01'],
    detail: ['이후', 'or after'],
    explain: ['나이만 보면 됩니다. 다른 것은 묻지 않습니다.', 'Only the age. Nothing else is asked.'],
  },
];
