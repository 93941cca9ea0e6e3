import { token } from './service.ts';

/** Whoever is new may register, while something provides this. */
export interface Registration {
  /** How many may register from one network, and within which time in seconds. */
  readonly perNetwork: { readonly most: number; readonly time: number };
}

export const Registration = token<Registration>('registration');
