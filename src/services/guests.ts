import { token } from './service.ts';

/** A marker without members: guests may come in while a plugin provides it. */
export type Guests = object;

export const Guests = token<Guests>('guests');
