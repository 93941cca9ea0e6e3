import { token } from 'chatserv';

/** A service that more than one plugin provides; a config switches one of them on. */
export interface Greeter {
  greeting(name: string): string;
}

export const Greeter = token<Greeter>('greeter');
