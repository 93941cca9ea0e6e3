import { Mistakes } from '../host/mistakes.ts';

/** What went wrong though what was asked was right: the exit code is 1, and not 2. */
export class Failure extends Mistakes {}
