/** Neutral texts, Korean. One section for each app; keys sorted within a section. The pack's own words live in policies/. */
export const ko = {
  // shared
  'app.name': '문지기',
  'button.back': '뒤로',
  'button.cancel': '취소',
  'button.close': '닫기',
  'button.delete': '지우기',
  'button.retry': '다시 시도',
  'button.save': '저장',
  'language.other': 'English',
  'language.switch': '영어로 보기',
  'rail.checked': '확인함',
  'rail.confirmed': '등록 확인됨',
  'rail.not-saved': '기록 안 됨',
  'rail.saved': '이 기기에 기록됨',
  'status.confirmed': '확정',
  'status.exercise': '훈련',
  'status.provisional': '잠정',
  support: '문지기 {number}',

  // demo

  // gate

  // wallet
} as const;
