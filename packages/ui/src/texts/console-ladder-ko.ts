/** Texts of the console about recording without a code: by call and on paper, Korean. Keys sorted. */
export const consoleLadderKo = {
  'console.call.change': '번호 바꾸기',
  'console.call.give-up': '번호 쓰지 않기',
  'console.call.headline': '전화로 기록',
  'console.call.help': '통신사에서 매장에 준 번호입니다. 예: 080-123-4567',
  'console.call.label': '손님이 거는 번호',
  'console.call.none':
    '번호가 없으면 입구 기기도 안내문도 전화하라고 하지 않습니다. 통신사에서 번호를 받으면 여기에 적으세요.',
  'console.call.waiting': '아직 걸려 온 전화가 없습니다.',
  'console.call.waiting-text':
    '아무 전화로나 이 번호에 한 번 걸어 보세요. 그 전화가 도착하면 입구 기기가 이 번호를 안내하기 시작합니다.',
  'console.call.works': '전화가 도착합니다.',
  'console.call.works-text': '입구 기기가 이 번호를 안내합니다. 거신 분의 번호는 도착하는 즉시 봉인됩니다.',
  'console.reason.register.call-number-form':
    '매장에 줄 수 있는 번호가 아닙니다. 통신사와 맺은 계약서를 봐 주세요.',
  'console.reason.register.call-number-taken':
    '다른 매장이 쓰는 번호입니다. 누구의 번호인지 통신사에 물어보세요.',
} as const;
