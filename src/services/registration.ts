import { token } from './service.ts';

/** A marker without members: new users may register while a plugin provides it. */
export type Registration = object;

export const Registration = token<Registration>('registration');
