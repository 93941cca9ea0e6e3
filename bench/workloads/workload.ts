import type { Server } from '../servers/server.ts';
import type { Variant } from '../servers/variant.ts';

/** How much of everything there is. */
export interface Effort {
  /** How long is measured. */
  readonly seconds: number;
  /** How long there is load before that. */
  readonly warmUp: number;
  /** What numbers that only make a run long are multiplied by. */
  readonly scale: number;
}

/** What one run measured, by the names in report/metrics.ts. */
export type Row = Readonly<Record<string, number>>;

/** Measures one variant once. Starts its server or servers, and stops them. */
export type Workload = (start: (more?: Partial<Variant>) => Promise<Server>, effort: Effort) => Promise<Row>;
