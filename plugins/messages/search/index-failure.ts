import { OperationalError } from 'chatserv';
import type { IndexDamage } from './index-file.ts';

/** Why a request to the index failed. */
export class IndexFailure extends OperationalError {
  readonly damage: IndexDamage;

  constructor(message: string, damage: IndexDamage = 'unusable', options?: ErrorOptions) {
    super(message, options);
    this.damage = damage;
  }
}
