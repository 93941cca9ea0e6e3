import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** What users have read. The plugin `markers` provides it. */
export interface Markers {
  /**
   * A client says itself what its user has read: what is delivered to it does not count as read, and it is sent the event
   * `marker`, as programs are.
   */
  marksItself(session: Session): void;
}

export const Markers = token<Markers>('markers');
