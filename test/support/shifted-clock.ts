/** Loaded into a process before everything else, this sets its time of day ahead by CLOCK_SHIFT milliseconds, for all of its threads. */
const shift = Number(process.env.CLOCK_SHIFT);
const SystemDate = Date;

class ShiftedDate extends SystemDate {
  constructor(...given: [] | ConstructorParameters<DateConstructor>) {
    if (given.length === 0) super(ShiftedDate.now());
    else super(...given);
  }

  static override now(): number {
    return SystemDate.now() + shift;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
