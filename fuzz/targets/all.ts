import type { Target } from '../engine.ts';
import { config } from './config.ts';
import { dialects } from './dialects.ts';
import { framing } from './framing.ts';
import { proxy } from './proxy.ts';
import { session } from './session.ts';

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [framing, proxy, dialects, session, config];
