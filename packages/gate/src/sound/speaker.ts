import lines from './lines.json' with { type: 'json' };
import { renderTone, TONE_SECONDS, TONES, type Tone, VIBRATION } from './tones.ts';

type Language = 'ko' | 'en';
type Line = keyof typeof lines;

/** What the engine asks of the device's sound. Nothing here ever throws or waits for a network. */
export interface Speaker {
  /** Must run inside a tap: wakes the sound system and gets the clips ready. True where sound will be heard. */
  unlock(): Promise<boolean>;
  /** The sound of a verdict, with its vibration. Ends whatever was still being said. */
  tone(kind: Tone): void;
  /** The spoken line of a reason, 150 ms after the tone has ended; silent where staff speak themselves. */
  say(reason: string, language: Language): void;
  /** All three sounds and one line, one after the other. Resolves when they have been played. */
  test(language?: Language): Promise<void>;
  /** Stops a sentence that is being said. */
  hush(): void;
}

const PAUSE = 0.15;
const NAMES = Object.keys(lines) as Line[];

/** The clip of a reason, or null where the device stays silent. */
export function lineOf(reason: string): Line | null {
  return NAMES.find((name) => lines[name].reasons.includes(reason)) ?? null;
}

/**
 * Sound of the door by Web Audio: tones are computed, spoken lines are clips from the app's own cache.
 * @param base address of the folder with the clips, ending in a slash
 */
export function createSpeaker(base = './voice/'): Speaker {
  let context: AudioContext | null = null;
  let toneEnds = 0;
  let speaking: AudioBufferSourceNode | null = null;
  const tones = new Map<Tone, AudioBuffer>();
  const clips = new Map<string, Promise<AudioBuffer | null>>();

  const open = (): AudioContext | null => {
    if (context || typeof AudioContext === 'undefined') return context;
    context = new AudioContext({ latencyHint: 'interactive' });
    for (const tone of TONES) {
      const samples = renderTone(tone, context.sampleRate);
      const buffer = context.createBuffer(1, samples.length, context.sampleRate);
      buffer.copyToChannel(samples, 0);
      tones.set(tone, buffer);
    }
    document.addEventListener('visibilitychange', () => {
      // A phone stops the sound system when the screen sleeps; it has to be asked again.
      if (document.visibilityState === 'visible') void context?.resume().catch(() => {});
    });
    return context;
  };

  const clip = (language: Language, name: Line): Promise<AudioBuffer | null> => {
    const path = `${language}/${name}.mp3`;
    const known = clips.get(path);
    if (known) return known;
    const loading = load(open(), base + path).then((buffer) => {
      if (!buffer) clips.delete(path);
      return buffer;
    });
    clips.set(path, loading);
    return loading;
  };

  const play = (buffer: AudioBuffer, at: number): AudioBufferSourceNode | null => {
    if (context?.state !== 'running') return null;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(Math.max(at, context.currentTime));
    return source;
  };

  const hush = (): void => {
    try {
      speaking?.stop();
    } catch {
      // It had not begun or was already over.
    }
    speaking = null;
  };

  const speaker: Speaker = {
    async unlock() {
      const audio = open();
      if (!audio) return false;
      for (const language of ['ko', 'en'] as const) for (const name of NAMES) void clip(language, name);
      await Promise.race([audio.resume().catch(() => {}), after(500)]);
      return audio.state === 'running';
    },

    tone(kind) {
      hush();
      vibrate(kind);
      const buffer = tones.get(kind);
      if (!buffer || !context) return;
      if (context.state === 'suspended') void context.resume().catch(() => {});
      play(buffer, context.currentTime);
      toneEnds = context.currentTime + TONE_SECONDS;
    },

    say(reason, language) {
      const name = lineOf(reason);
      if (!name || !context) return;
      const due = Math.max(toneEnds, context.currentTime) + PAUSE;
      const turn = toneEnds;
      void clip(language, name).then((buffer) => {
        // A newer verdict has sounded meanwhile: its guest is the one to be spoken to.
        if (!buffer || turn !== toneEnds) return;
        hush();
        speaking = play(buffer, due);
      });
    },

    async test(language = 'ko') {
      await speaker.unlock();
      for (const kind of TONES) {
        speaker.tone(kind);
        await after(900);
      }
      speaker.say('valid', language);
      await after(1500);
    },

    hush,
  };
  return speaker;
}

async function load(context: AudioContext | null, address: string): Promise<AudioBuffer | null> {
  if (!context) return null;
  try {
    const answer = await fetch(address);
    return answer.ok ? await context.decodeAudioData(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

function vibrate(kind: Tone): void {
  // Some browsers have no such function, others refuse without a tap: it is never the only signal.
  try {
    navigator.vibrate?.([...VIBRATION[kind]]);
  } catch {
    // Left silent on purpose.
  }
}

const after = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
