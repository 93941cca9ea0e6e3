import { token } from './service.ts';

/** Scheduled backups. The plugin `backups` provides it. */
export interface Backups {
  /** When the latest one was made, in milliseconds since 1970; undefined if there is none. */
  readonly latest: number | undefined;
  /** Whether the next one should have been made long ago. */
  readonly overdue: boolean;
}

export const Backups = token<Backups>('backups');
