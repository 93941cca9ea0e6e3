import { token } from 'chatserv';

/** A service that several plugins provide. A config switches on one of them. */
export interface Greeter {
  greeting(name: string): string;
}

export const Greeter = token<Greeter>('greeter');
