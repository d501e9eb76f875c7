import { addDays, type Calendar, calendarOf } from '@munjigi/core/rules';

/** Seconds by which a gate's clock may run ahead before its entry is flagged. */
export const FUTURE_SECONDS = 300;
export const DAYS_AHEAD = 7;

/** The days that the register keeps at one moment: bounds in the pack's zone, compared as whole seconds. */
export class RetentionDays {
  readonly calendar: Calendar;
  readonly #days: number;
  #today = '';
  #bounds: readonly { readonly day: string; readonly from: number }[] = [];
  #endedUntil = 0;

  constructor(timeZone: string, retentionDays: number) {
    this.calendar = calendarOf(timeZone);
    this.#days = retentionDays;
  }

  /** Sets the moment; cheap while the local day stays the same. True when the day changed. */
  moveTo(seconds: number): boolean {
    const first = this.#bounds[0];
    const end = this.#bounds[this.#days];
    if (
      first !== undefined &&
      end !== undefined &&
      seconds >= this.#bounds[this.#days - 1]!.from &&
      seconds < end.from
    )
      return false;
    this.#today = this.calendar.dateOf(seconds);
    const oldest = addDays(this.#today, 1 - this.#days);
    this.#bounds = Array.from({ length: this.#days + DAYS_AHEAD + 1 }, (_, i) => {
      const day = addDays(oldest, i);
      return { day, from: this.calendar.startOf(day) };
    });
    return true;
  }

  /** Today's local date. */
  get today(): string {
    return this.#today;
  }

  /**
   * First second of the oldest day that is kept: "28 days" are today and the 27 before, and never a day whose keys were
   * destroyed, whatever the clock says.
   */
  get oldest(): number {
    return Math.max(this.#bounds[0]!.from, this.#endedUntil);
  }

  /** The keys of a day and of all before it were destroyed; '' for none. */
  endedThrough(day: string): void {
    this.#endedUntil = day === '' || day > this.#today ? 0 : this.calendar.startOf(addDays(day, 1));
  }

  /** Every day that needs a partition and a key: the oldest kept to a week ahead. */
  get days(): readonly { readonly day: string; readonly from: number; readonly to: number }[] {
    return this.#bounds
      .slice(0, -1)
      .map(({ day, from }, i) => ({ day, from, to: this.#bounds[i + 1]!.from }));
  }

  /** The local date of an instant inside the kept days. */
  dayOf(seconds: number): string {
    for (let i = this.#bounds.length - 2; i >= 0; i--) {
      const { day, from } = this.#bounds[i]!;
      if (seconds >= from) return day;
    }
    return this.calendar.dateOf(seconds);
  }
}
