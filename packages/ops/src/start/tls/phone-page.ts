/** The page that a phone opens first: how to trust this machine, so that the camera and the offline start both work. */
export const phonePage = (fingerprint: string): string => `<!doctype html>
<html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>문지기 · Munjigi</title>
<h1>휴대전화에서 열기</h1>
<ol>
<li><a href="/phone/munjigi.crt">인증서 받기</a>
<li>Android: 설정 › 보안 › 인증서 설치 › CA 인증서 › munjigi.crt
<li>iPhone: 설정 › 프로파일이 다운로드됨 › 설치, 그다음 설정 › 일반 › 정보 › 인증서 신뢰 설정에서 켜기
<li>이 주소를 https로 다시 열기
</ol>
<p>설치하지 않고 경고를 넘기면 카메라는 되지만 오프라인 시작은 되지 않습니다. 이 인증서는 이 컴퓨터와 사설망 주소에만 쓸 수 있고, 다 쓴 뒤에는 같은 곳에서 지우면 됩니다.</p>
<h1 lang="en">Open on a phone</h1>
<ol lang="en">
<li><a href="/phone/munjigi.crt">Get the certificate</a>
<li>Android: Settings › Security › Install a certificate › CA certificate › munjigi.crt
<li>iPhone: Settings › Profile downloaded › Install, then Settings › General › About › Certificate trust settings: switch it on
<li>Open this address again with https
</ol>
<p lang="en">Without it, past the warning, the camera works and the start without a network does not. The certificate can speak only for this computer and for private networks; remove it in the same place when you are done.</p>
<p>SHA-256 ${fingerprint}</p>
</html>
`;
