import { at } from './answers.ts';

const seconds = (clock: string, day?: string) => at(clock, day) / 1000;

const INCIDENT_MEASURES = [
  {
    what: {
      ko: '작업 전에 서버를 한 대씩 빼고, 돌아온 것을 확인합니다.',
      en: 'Nodes are drained one by one before work.',
    },
    owner: { ko: '운영팀', en: 'Operations' },
    due: '2022-02-01',
    done: true,
  },
  {
    what: { ko: '부하를 나누는 서버의 여분을 둡니다.', en: '' },
    owner: { ko: '기반팀', en: 'Platform' },
    due: '2022-03-01',
    done: false,
  },
];

/** Incidents as an authority has them: one that lasts, one that works again, one that is closed. */
export const incidentBook = (works: boolean) => ({
  incidents: [
    {
      number: 12,
      component: 'register',
      state: 'down',
      phase: 'provisional',
      works,
      repeats: 11,
      exercise: true,
      events: [
        { what: 'began', at: seconds('14:00') },
        { what: 'noticed', at: seconds('14:00') + 8 },
        { what: 'told', at: seconds('14:00') + 10, notice: 'app-down' },
        ...(works ? [{ what: 'works', at: seconds('19:20') }] : []),
      ],
      cause: null,
      measures: [],
      ...(works ? { proposed: { notice: 'app-back' } } : {}),
    },
    {
      number: 11,
      component: 'register',
      state: 'slow',
      phase: 'closed',
      works: true,
      repeats: null,
      exercise: false,
      events: [
        { what: 'began', at: seconds('11:40', '2021-12-13') },
        { what: 'reported', at: seconds('11:41', '2021-12-13') },
        { what: 'confirmed', at: seconds('11:50', '2021-12-13'), notice: 'proofs-down' },
        { what: 'works', at: seconds('15:00', '2021-12-13') },
        { what: 'closed', at: seconds('18:00', '2021-12-13') },
      ],
      cause: { ko: '점심에 첫 발급 신청이 몰렸습니다.', en: 'First issues piled up at lunch.' },
      measures: INCIDENT_MEASURES,
    },
  ],
  states: [
    { component: 'issuers', state: 'works', since: seconds('09:00') },
    { component: 'register', state: works ? 'works' : 'down', since: seconds('14:00') },
    { component: 'canaries', state: 'unknown', since: null },
  ],
  said: {
    notice: 'app-down',
    status: 'provisional',
    saidBy: 'table',
    since: seconds('14:00') + 10,
    incident: 12,
  },
});
