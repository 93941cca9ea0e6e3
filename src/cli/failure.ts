import { ConfigErrors } from '../host/config-errors.ts';

/** A failure of a valid command: the exit code is 1, not 2. */
export class Failure extends ConfigErrors {}
