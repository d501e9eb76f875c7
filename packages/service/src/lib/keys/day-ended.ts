/** The day up to which a body has ended everything: no key of it, or of an earlier one, is made again. */
export const FOR_EVER = '9999-12-31';

/** A key of a day that has ended was asked for. The message is a sentence for the operator. */
export class DayEnded extends Error {
  override readonly name = 'DayEnded';

  constructor(
    readonly day: string,
    readonly highWater: string,
  ) {
    super(
      highWater === FOR_EVER
        ? 'This body has ended recording: its keys were destroyed, and it makes no new ones.'
        : `The keys of ${day} were destroyed, as were all up to ${highWater}, and are never made again. Where that day has not passed yet, the clock of this machine is wrong: set it.`,
    );
  }
}
