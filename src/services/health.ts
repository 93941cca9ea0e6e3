import { token } from './service.ts';

/** Whether the server can do its work, and what it looked at to find out. */
export interface HealthReport {
  readonly ready: boolean;
  /** By what was looked at: `well`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Looks whether the server can do its work. The plugin `health` provides it. */
export interface Health {
  /** Always resolves, within the plugin's deadline. */
  check(): Promise<HealthReport>;
}

export const Health = token<Health>('health');
