import type { Target } from '../engine.ts';
import { archive } from './archive.ts';
import { commandArguments } from './arguments.ts';
import { config } from './config.ts';
import { dialects } from './dialects.ts';
import { framing } from './framing.ts';
import { lists } from './lists.ts';
import { proxy } from './proxy.ts';
import { session } from './session.ts';

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [framing, proxy, dialects, session, config, commandArguments, lists, archive];
