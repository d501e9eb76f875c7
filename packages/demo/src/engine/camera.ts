/** What stands before the tablet's camera: nothing, a phone that shows a code, a sheet of paper. */
export type Held =
  | { readonly kind: 'phone'; readonly code: () => CanvasImageSource | null }
  | {
      readonly kind: 'paper';
      readonly code: () => CanvasImageSource | null;
      readonly lines: readonly string[];
    };

/** The picture is painted at these coordinates and handed on at SCALE: large enough for a code, small enough to be read at once. */
const WIDTH = 1280;
const HEIGHT = 960;
const SCALE = 0.75;
const FRAME_MS = 66;
/** Where nothing moves, a frame now and then keeps the stream alive. */
const IDLE_FRAMES = 4;
const MOVE_MS = 240;

/**
 * The picture before the tablet: a room, and what a guest holds into it. The code's own pixels are drawn turned, scaled
 * and a little soft, as a hand and a lens leave them. The gate reads this picture and nothing else.
 */
export class StageCamera {
  readonly #canvas = document.createElement('canvas');
  readonly #room = document.createElement('canvas');
  readonly #stream: MediaStream;
  #held: Held | null = null;
  #since = 0;
  #near = 0;
  #frame = 0;

  constructor() {
    for (const canvas of [this.#canvas, this.#room]) {
      canvas.width = WIDTH * SCALE;
      canvas.height = HEIGHT * SCALE;
    }
    paintRoom(this.#room);
    this.#draw();
    this.#stream = this.#canvas.captureStream(15);
    setInterval(() => this.#draw(), FRAME_MS);
  }

  /** The stream that the gate takes in place of a camera's. A copy, so that a gate that stops its tracks ends only its own. */
  camera(): MediaStream {
    return this.#stream.clone();
  }

  hold(held: Held | null): void {
    if (held) this.#held = held;
    this.#since = held ? performance.now() : 0;
  }

  #draw(): void {
    const ink = this.#canvas.getContext('2d');
    if (!ink) return;
    this.#frame += 1;
    if (!this.#since && this.#near === 0 && this.#frame % IDLE_FRAMES !== 0) return;
    ink.drawImage(this.#room, 0, 0);
    const step = FRAME_MS / MOVE_MS;
    this.#near = this.#since ? Math.min(1, this.#near + step) : Math.max(0, this.#near - step);
    if (!this.#held || this.#near === 0) return;
    const time = performance.now() / 1000;
    const eased = this.#near * (2 - this.#near);
    ink.save();
    ink.scale(SCALE, SCALE);
    ink.translate(
      WIDTH / 2 + Math.sin(time * 1.7) * 5,
      HEIGHT / 2 + (1 - eased) * 760 + Math.cos(time * 1.3) * 4,
    );
    ink.rotate(-0.075 + Math.sin(time * 1.1) * 0.012);
    ink.transform(1, 0.012, -0.02, 1, 0, 0);
    ink.scale(0.94 + eased * 0.06, 0.94 + eased * 0.06);
    ink.imageSmoothingQuality = 'high';
    if (this.#held.kind === 'phone') paintPhone(ink, this.#held.code());
    else paintPaper(ink, this.#held.code(), this.#held.lines);
    ink.restore();
  }
}

function paintRoom(canvas: HTMLCanvasElement): void {
  const ink = canvas.getContext('2d');
  if (!ink) return;
  ink.scale(SCALE, SCALE);
  ink.fillStyle = '#2b3336';
  ink.fillRect(0, 0, WIDTH, HEIGHT);
  ink.filter = 'blur(46px)';
  const spot = (color: string, x: number, y: number, w: number, h: number) => {
    ink.fillStyle = color;
    ink.fillRect(x, y, w, h);
  };
  spot('#1d2326', 0, 640, WIDTH, 320);
  spot('#3b464a', 60, 0, 300, 560);
  spot('#7f8a83', 900, 40, 210, 520);
  spot('#566064', 1130, 80, 110, 460);
  spot('#3a3330', 380, 660, 560, 300);
  ink.fillStyle = '#c69a63';
  ink.beginPath();
  ink.arc(210, 170, 62, 0, Math.PI * 2);
  ink.fill();
  ink.filter = 'none';
}

function rounded(ink: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, r: number): void {
  ink.beginPath();
  ink.moveTo(x + r, y);
  ink.arcTo(x + w, y, x + w, y + h, r);
  ink.arcTo(x + w, y + h, x, y + h, r);
  ink.arcTo(x, y + h, x, y, r);
  ink.arcTo(x, y, x + w, y, r);
  ink.closePath();
}

function paintCode(
  ink: CanvasRenderingContext2D,
  code: CanvasImageSource | null,
  y: number,
  side: number,
): void {
  ink.fillStyle = '#fff';
  ink.fillRect(-side / 2, y, side, side);
  if (!code) return;
  ink.drawImage(code, -side / 2, y, side, side);
}

function paintPhone(ink: CanvasRenderingContext2D, code: CanvasImageSource | null): void {
  ink.fillStyle = '#a98a70';
  rounded(ink, -250, 300, 560, 620, 180);
  ink.fill();
  ink.fillStyle = '#0d1011';
  rounded(ink, -268, -418, 536, 1010, 62);
  ink.fill();
  ink.fillStyle = '#f4f6f3';
  rounded(ink, -248, -398, 496, 970, 46);
  ink.fill();
  paintCode(ink, code, -300, 452);
  ink.fillStyle = '#c9cfca';
  ink.fillRect(-210, 190, 230, 44);
  ink.fillRect(130, 190, 80, 44);
}

function paintPaper(
  ink: CanvasRenderingContext2D,
  code: CanvasImageSource | null,
  lines: readonly string[],
): void {
  ink.fillStyle = '#a98a70';
  rounded(ink, 120, 330, 260, 520, 110);
  ink.fill();
  ink.fillStyle = '#fbfbf8';
  ink.fillRect(-340, -440, 680, 960);
  paintCode(ink, code, -390, 560);
  ink.fillStyle = '#1c1f1d';
  ink.textAlign = 'center';
  lines.forEach((line, i) => {
    ink.font = `${i === 0 ? 700 : 450} ${i === 0 ? 44 : 32}px "Pretendard Variable", sans-serif`;
    ink.fillText(line, 0, 240 + i * 56, 620);
  });
}
