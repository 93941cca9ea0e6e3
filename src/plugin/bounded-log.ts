import type { SteadyClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { OperationalError } from '../kernel/operational-error.ts';

/** How many lines of a kind are logged within a period. */
const MOST = 20;

/** In milliseconds. */
const PERIOD = 60_000;

/** How many kinds are told apart. Kinds are of the code's making; should one be of a client's, the rest is one kind. */
const KINDS = 1_000;

/** Events of level info that a stranger can cause without end; those of levels warn and error are all bounded. */
const BOUNDED: ReadonlySet<unknown> = new Set(['connection-refused', 'foreign-protocol', 'handshake-failed']);

/** What a line says, as far as it is looked at here. */
interface Facts {
  readonly event?: unknown;
  readonly plugin?: unknown;
  readonly hook?: unknown;
  readonly command?: unknown;
  readonly err?: unknown;
}

interface Kind {
  lines: number;
  suppressed: number;
  readonly cancel: () => void;
  /** Says how many were left out. */
  readonly tell: () => void;
}

/**
 * A log that nobody can fill: of each kind of line that strangers or a failing plugin can cause again and again, so many
 * are logged within a minute, and then how many were left out. An operational error is told without its stack.
 */
export class BoundedLog {
  readonly logger: Logger;
  readonly #clock: SteadyClock;
  readonly #kinds = new Map<string, Kind>();

  constructor(logger: Logger, clock: SteadyClock) {
    this.#clock = clock;
    this.logger = {
      debug: (facts, text) => logger.debug(facts, text),
      info: (facts, text) => this.#write(logger, 'info', facts, text),
      warn: (facts, text) => this.#write(logger, 'warn', facts, text),
      error: (facts, text) => this.#write(logger, 'error', facts, text),
    };
  }

  /** Says what was left out so far. */
  flush(): void {
    for (const kind of this.#kinds.values()) {
      kind.cancel();
      kind.tell();
    }
    this.#kinds.clear();
  }

  #write(logger: Logger, level: 'info' | 'warn' | 'error', facts: Facts, text: string): void {
    const { event } = facts;
    const isBounded = level === 'info' ? BOUNDED.has(event) : typeof event === 'string';
    if (isBounded && !this.#takes(logger, level, facts)) return;
    logger[level](withoutStack(facts), text);
  }

  #takes(logger: Logger, level: 'info' | 'warn' | 'error', { event, plugin, hook, command }: Facts): boolean {
    const words = [event, plugin, hook, command].filter((word) => typeof word === 'string');
    const known = words.join(' ');
    const name = this.#kinds.size < KINDS || this.#kinds.has(known) ? known : '';
    const kind = this.#kinds.get(name) ?? this.#begin(logger, level, name);
    if (kind.lines < MOST) {
      kind.lines++;
      return true;
    }
    kind.suppressed++;
    return false;
  }

  #begin(logger: Logger, level: 'info' | 'warn' | 'error', name: string): Kind {
    const tell = (): void => {
      if (kind.suppressed === 0) return;
      const facts = { event: 'log-suppressed', kind: name, lines: kind.suppressed };
      logger[level](facts, `${kind.suppressed} more lines of this kind were left out`);
    };
    const end = (): void => {
      this.#kinds.delete(name);
      tell();
    };
    const kind: Kind = { lines: 0, suppressed: 0, cancel: this.#clock.after(PERIOD, end), tell };
    this.#kinds.set(name, kind);
    return kind;
  }
}

function withoutStack(facts: Facts): object {
  if (!(facts.err instanceof OperationalError)) return facts;
  const { err, ...rest } = facts;
  return { ...rest, because: err.message };
}
