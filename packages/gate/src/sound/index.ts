export { createSpeaker, lineOf, type Speaker } from './speaker.ts';
export { TONES, type Tone } from './tones.ts';
