import type { HookName } from '../kernel/hooks.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  ANSWERS,
  DECISIONS,
  GUARD_DECISIONS,
  isPromise,
  isReason,
  isRefusal,
  kindOf,
  readable,
} from '../kernel/results.ts';

/** What a handler or command returned, as the kernel may be given it. */
export type Reader = (returned: unknown) => unknown;

/**
 * Reads what a handler returns: its decision, or undefined where it is none. The first time that it is none, the log
 * says so.
 * @param isGuard whether the handler is a guard, which may only refuse
 */
export function readDecision(plugin: string, hook: HookName, isGuard: boolean, logger: Logger): Reader {
  const allowed = (isGuard ? GUARD_DECISIONS : DECISIONS)[hook];
  const readRefusal = readReason({ plugin, hook }, `${hook} of plugin '${plugin}'`, logger);
  let warned = false;
  return (returned) => {
    // Null means "no decision" to people, and a decision to tapable.
    if (returned === undefined || returned === null) return undefined;
    if (allowed?.matches(returned)) return readRefusal(returned);
    if (!warned && (allowed !== undefined || isPromise(returned))) {
      warned = true;
      const what = kindOf(returned);
      logger.warn(
        { event: 'invalid-result', plugin, hook, returned: what },
        `${hook} of plugin '${plugin}' returned ${what}, which decides nothing: allowed ${isGuard ? 'to a guard ' : ''}is ${allowed === undefined ? 'nothing, and no promise' : `${allowed.words} or undefined`}`,
      );
    }
    return undefined;
  };
}

/** Reads what a command returns. @throws when that is no answer */
export function readAnswer(plugin: string, command: string, logger: Logger): Reader {
  const readRefusal = readReason({ plugin, command }, `command '${command}' of plugin '${plugin}'`, logger);
  return (returned) => {
    if (returned === undefined || returned === null) return undefined;
    if (!ANSWERS.matches(returned)) {
      throw new TypeError(`it returned ${kindOf(returned)}: allowed is ${ANSWERS.words} or undefined`);
    }
    return readRefusal(returned);
  };
}

/** Makes a refusal one that clients can read. The first time that it was not, the log says so. */
function readReason(facts: object, who: string, logger: Logger): Reader {
  let warned = false;
  return (result) => {
    if (!warned && isRefusal(result) && !isReason(result.reason)) {
      warned = true;
      logger.warn(
        { event: 'invalid-reason', ...facts },
        `${who} refuses with a reason that is not one word of letters, digits and hyphens: clients read 'denied'`,
      );
    }
    return readable(result);
  };
}
