import { token } from './service.ts';

/** Whoever is new may register, while something provides this. There is nothing to ask it. */
export type Registration = object;

export const Registration = token<Registration>('registration');
