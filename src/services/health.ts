import { token } from './service.ts';

/** The result of a health check. */
export interface HealthReport {
  readonly ready: boolean;
  /** By the thing checked: `well`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Checks whether the server is healthy. The plugin `health` provides it. */
export interface Health {
  /** Always resolves, within the plugin's deadline. */
  check(): Promise<HealthReport>;
}

export const Health = token<Health>('health');
