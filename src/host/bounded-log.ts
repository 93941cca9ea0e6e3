import type { SteadyClock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import { OperationalError } from './operational-error.ts';

/** How many lines of a kind are logged per period. */
const MOST = 20;

/** In milliseconds. */
const PERIOD = 60_000;

/** How many kinds are distinguished; further ones share one. Kinds come from code, so this is only a safeguard. */
const KINDS = 1_000;

/** Events of level info that a stranger can cause at will. All events of levels warn and error are bounded. */
const BOUNDED: ReadonlySet<unknown> = new Set(['connection-refused', 'foreign-protocol', 'handshake-failed']);

/** The facts of a line that matter here. */
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
  /** Logs how many lines were suppressed. */
  readonly tell: () => void;
}

/**
 * A log that cannot be flooded: of each kind of line that a stranger or a failing plugin can cause repeatedly, 20 a
 * minute are written, followed by the number suppressed. Operational errors are logged without a stack.
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

  /** Logs what was suppressed so far. */
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
      logger[level](facts, `${kind.suppressed} more lines of this kind were suppressed`);
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
