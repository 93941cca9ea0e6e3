import type { Row } from '../report/results.ts';
import type { Server } from '../servers/server.ts';
import type { Variant } from '../servers/variant.ts';

/** How long and how much to measure. */
export interface Effort {
  /** The measured time. */
  readonly seconds: number;
  /** Load before it. */
  readonly warmUp: number;
  /** Factor for amounts of data. */
  readonly scale: number;
}

/** Measures one variant once: starts its server, loads it, stops it. */
export type Workload = (start: (more?: Partial<Variant>) => Promise<Server>, effort: Effort) => Promise<Row>;
