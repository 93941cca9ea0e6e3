import type { Target } from '../engine.ts';
import { config } from './config.ts';
import { dialects } from './dialects.ts';
import { framing } from './framing.ts';
import { session } from './session.ts';

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [framing, dialects, session, config];
