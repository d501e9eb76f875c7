import { qr } from '@munjigi/ui/elements';

// A picture as a camera would have it: a room out of focus, and a hand that holds a phone with a code.
const CODE =
  'MJ1:8R54W05N8+A+MQ4 R5N60P1 10 DQ C5+/0H1E0/B6E91F3E$ 9X4PQ1D KQ5OFXTVNV:V2MJ5QYU$*SA4LP1BIV1R+5WS7Q5V6C3:U3V*R7X6*YE$WTO$IWFJWB2LJ6HQ3H.7Y4E*5WK6Q+8O6.2W4NN8F7IC+E83.OY*QL3H4B*UKSAFM9+2T1H7TJD1TNYGY3ONL2G.SH8E+PCU.L1M.D8:SZ:G YTYQR3NQ5N8.YZPM7Q2*U3QKHX+AW+ B4ER2KE:9W3/H7CWQ+8B6:O6GQF*I4UJ72X3D$0SR+T6YE3UMD9PKM4U+BSV28';

function codePath(): { d: string; side: number } {
  const code = qr(CODE);
  let d = '';
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) d += `M${x + 3} ${y + 3}h1v1h-1z`;
  return { d, side: code.size + 6 };
}

function room(width: number, height: number): string {
  const { d, side } = codePath();
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 688 612" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice"><defs><filter id="b" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="24"/></filter></defs>` +
    `<rect x="-600" y="-600" width="1900" height="1900" fill="#2b3335"/><g filter="url(#b)"><rect x="-20" y="-300" width="210" height="1240" fill="#39454a"/><rect x="500" y="-60" width="150" height="540" fill="#55605f"/><rect x="540" y="100" width="70" height="250" fill="#8d9a93"/><ellipse cx="344" cy="700" rx="430" ry="260" fill="#1d2426"/><circle cx="120" cy="120" r="34" fill="#c9b98c"/><path d="M250 900c0-380 30-440 110-450s120 80 120 450Z" fill="#a98c77"/></g>` +
    `<g transform="translate(344 330) rotate(-4) scale(.9)"><rect x="-118" y="-226" width="236" height="470" rx="28" fill="#0d1011"/><rect x="-108" y="-216" width="216" height="450" rx="20" fill="#f4f6f3"/><svg x="-92" y="-150" width="184" height="184" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${d}"/></svg><rect x="-92" y="58" width="96" height="24" rx="4" fill="#c9cfca"/><rect x="52" y="58" width="40" height="24" rx="4" fill="#c9cfca"/></g></svg>`
  );
}

/** That picture as the stream of a camera, in the shape of the screen's own frame. */
export async function roomStream(width: number, height: number): Promise<MediaStream> {
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(room(width, height))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const ink = canvas.getContext('2d')!;
  const draw = (): void => ink.drawImage(picture, 0, 0, width, height);
  draw();
  const stream = canvas.captureStream(10);
  setInterval(draw, 100);
  return stream;
}
