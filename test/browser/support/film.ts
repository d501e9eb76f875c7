import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';

interface Frame {
  readonly file: string;
  readonly ms: number;
}

const WIDTH = 1080;
const FASTEST_MS = 200;

/** Films a page for the README: screenshots with their durations, put together by ffmpeg into one small picture. */
export class Film {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-film-'));
  readonly #frames: Frame[] = [];
  #rolling: Promise<void> | null = null;
  #on = false;

  constructor(private readonly page: Page) {}

  /** A line under the picture, in both languages. */
  async caption(ko: string, en: string): Promise<void> {
    await this.page.evaluate(
      async ([first, second]) => {
        // No ring of a key that was pressed before, and no colour on its way from the theme of another picture.
        (document.activeElement as HTMLElement | null)?.blur();
        await new Promise((settled) => setTimeout(settled, 500));
        const line =
          document.getElementById('caption') ?? document.body.appendChild(document.createElement('p'));
        line.id = 'caption';
        line.textContent = `${first}  ·  ${second}`;
        Object.assign(line.style, {
          position: 'fixed',
          pointerEvents: 'none',
          left: '0',
          right: '0',
          bottom: '0',
          margin: '0',
          padding: '14px 24px',
          zIndex: '9',
          textAlign: 'center',
          background: '#1c1f1d',
          color: '#fff',
          fontSize: '24px',
          fontWeight: '650',
          lineHeight: '1.3',
        });
      },
      [ko, en] as const,
    );
  }

  async noCaption(): Promise<void> {
    await this.page.evaluate(() => document.getElementById('caption')?.remove());
  }

  /** Takes pictures until `cut`, `speed` times as fast as it was. */
  roll(speed = 1): void {
    this.#on = true;
    this.#rolling = (async () => {
      while (this.#on) {
        const began = performance.now();
        const file = path.join(this.#folder, `${String(this.#frames.length).padStart(4, '0')}.jpg`);
        await this.page.screenshot({ path: file, type: 'jpeg', quality: 90, scale: 'css' });
        const took = performance.now() - began;
        if (took < FASTEST_MS * speed)
          await new Promise((done) => setTimeout(done, FASTEST_MS * speed - took));
        this.#frames.push({ file, ms: (performance.now() - began) / speed });
      }
    })();
  }

  async cut(): Promise<void> {
    this.#on = false;
    await this.#rolling;
  }

  /** One picture that stands for a while. */
  async still(ms: number): Promise<void> {
    const file = path.join(this.#folder, `${String(this.#frames.length).padStart(4, '0')}.jpg`);
    await this.page.screenshot({ path: file, type: 'jpeg', quality: 90, scale: 'css' });
    this.#frames.push({ file, ms });
  }

  /** Writes the animated picture; false where there is no ffmpeg. */
  write(target: string): boolean {
    const list = this.#frames
      .map(({ file, ms }) => `file '${file}'\nduration ${(ms / 1000).toFixed(3)}`)
      .join('\n');
    const listFile = path.join(this.#folder, 'frames.txt');
    writeFileSync(listFile, `${list}\nfile '${this.#frames.at(-1)?.file}'\n`);
    const filter = `fps=7,scale=${WIDTH}:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=96:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle`;
    const { status } = spawnSync(
      'ffmpeg',
      [
        '-v',
        'error',
        '-y',
        '-f',
        'concat',
        '-safe',
        '0',
        '-i',
        listFile,
        '-filter_complex',
        filter,
        '-loop',
        '0',
        target,
      ],
      { stdio: 'inherit' },
    );
    rmSync(this.#folder, { recursive: true, force: true });
    return status === 0 && statSync(target).size > 0;
  }
}
