import type { Target } from '../engine.ts';
import { archive } from './archive.ts';
import { commandArguments } from './arguments.ts';
import { codecs } from './codecs.ts';
import { config } from './config.ts';
import { framing } from './framing.ts';
import { ircLines } from './irc-lines.ts';
import { ircSession } from './irc-session.ts';
import { lists } from './lists.ts';
import { proxy } from './proxy.ts';
import { session } from './session.ts';

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [
  framing,
  proxy,
  codecs,
  session,
  config,
  commandArguments,
  lists,
  archive,
  ircLines,
  ircSession,
];
