/** An owner's word that something does not work, Korean. */
export const troublesKo = {
  'gate.trouble.answers': '확인 결과가 이상해요',
  'gate.trouble.headline': '잘 안 되나요?',
  'gate.trouble.open': '안 되는 것 알리기',
  'gate.trouble.reading': '코드가 찍히지 않아요',
  'gate.trouble.sending': '기록이 전송되지 않아요',
  'gate.trouble.sent': '알렸습니다. 다른 매장에서도 그런지 함께 살펴봅니다.',
  'gate.trouble.text': '손님은 기다리지 않게 하세요. 눈으로 확인하고, 기록은 직접 입력하면 됩니다.',
  'gate.trouble.waiting': '연결되면 보냅니다. 한 시간이 지나면 보내지 않습니다.',
  'gate.trouble.wallets': '손님 앱이 열리지 않아요',
} as const;
