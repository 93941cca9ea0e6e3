import type { Session } from '../kernel/session.ts';
import { token } from './service.ts';

/** What waits for those who are not given it yet. `offline-messages` provides it. */
export interface Inbox {
  /** Gives a session what waits for its account. Resolves when the first of it was given. */
  readOn(session: Session): Promise<void>;
}

export const Inbox = token<Inbox>('inbox');
