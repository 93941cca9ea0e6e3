import { isReason } from '../api/decisions.ts';
import { type HookName, isSync } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import { isPromise } from '../hooks/eventual.ts';
import { isReservation } from '../hooks/reservation.ts';
import type { PluginHandler } from './handlers.ts';
import { HOOKS, type PhaseEntry, PLAIN_PHASES, phaseEntry } from './hook-table.ts';
import { type Allowed, ANSWERS, isRefusal, kindOf, oneOf, type Reader, readable } from './results.ts';

/**
 * Reads what a handler returns: its decision, or undefined if it is not valid. The first invalid one is logged.
 */
export function readDecision({ plugin, hook, phase, isPlain }: PluginHandler, logger: Logger): Reader {
  const allowed = isPlain && phase === 'transform' ? anyOf(hook) : phaseEntry(hook, phase)?.allowed;
  const readRefusal = readReason({ plugin, hook }, `${hook} of plugin '${plugin}'`, logger);
  const toWhom = phase === PLAIN_PHASES[hook] ? '' : phase === 'guard' ? 'to a guard ' : `in ${phase} `;
  let warned = false;
  return (returned) => {
    // People return null for no decision; to tapable it is one.
    if (returned === undefined || returned === null) return undefined;
    if (phase === 'guard' && isReservation(returned)) return returned;
    if (allowed?.matches(returned)) return readRefusal(returned);
    if (!warned && (phase !== 'observe' || isPromise(returned))) {
      warned = true;
      const what = kindOf(returned);
      logger.warn(
        { event: 'invalid-result', plugin, hook, phase, returned: what },
        `${hook} of plugin '${plugin}' returned ${what}, which is not a decision: allowed ${toWhom}is ${allowed === undefined ? 'nothing' : `${allowed.words} or undefined`}${isSync(hook) && phase === 'observe' ? ', and no promise' : ''}`,
      );
    }
    return undefined;
  };
}

/** What a handler of the last release may return, whatever its phase would be now. */
function anyOf(hook: HookName): Allowed {
  const { guard, decide } = HOOKS[hook].phases as { readonly guard?: PhaseEntry; readonly decide?: PhaseEntry };
  return decide?.allowed ?? guard?.allowed ?? oneOf();
}

/** Reads what a command returns. @throws when that is not an answer */
export function readAnswer(plugin: string, command: string, logger: Logger): Reader {
  const readRefusal = readReason({ plugin, command }, `command '${command}' of plugin '${plugin}'`, logger);
  return (returned) => {
    if (returned === undefined || returned === null) return undefined;
    if (!ANSWERS.matches(returned)) {
      throw new TypeError(`it returned ${kindOf(returned)}; expected ${ANSWERS.words} or undefined`);
    }
    return readRefusal(returned);
  };
}

/** Makes a refusal readable for clients. The first one that was not is logged. */
function readReason(facts: object, who: string, logger: Logger): Reader {
  let warned = false;
  return (result) => {
    if (!warned && isRefusal(result) && !isReason(result.reason)) {
      warned = true;
      logger.warn(
        { event: 'invalid-reason', ...facts },
        `${who} refuses with a reason that is not one word of letters, digits and hyphens: clients are sent 'denied'`,
      );
    }
    return readable(result);
  };
}
