/** Where the service reads the time. Every desk gets one; nothing reads the machine's clock by itself. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** Which moment is played: the story's instant at one instant of the machine, and how fast it runs. */
export interface Story {
  readonly storyMs: number;
  readonly realMs: number;
  /** Story seconds per real second. */
  readonly rate: number;
}

/** A clock that can be put to a story (exercises only) and back to the machine's time. */
export interface StoryClockPort extends Clock {
  /** The machine's own time. */
  realMs(): number;
  story(): Story | null;
  follow(story: Story | null): void;
}

/** The machine's clock, until a story is followed. `machine` is handed in by tests. */
export function serviceClock(machine: () => number = Date.now): StoryClockPort {
  let story: Story | null = null;
  return {
    realMs: machine,
    nowMs: () =>
      story === null ? machine() : Math.round(story.storyMs + (machine() - story.realMs) * story.rate),
    story: () => story,
    follow(next) {
      story = next;
    },
  };
}

/** Whole seconds since 1970, as all documents and passes count. */
export const nowSeconds = (clock: Clock): number => Math.floor(clock.nowMs() / 1000);
