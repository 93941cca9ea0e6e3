import { OperationalError } from 'chatserv';
/** A database that works but cannot be used by this version or with these rights. The message continues after its name. */
export class Unfit extends Error {}

/** The connection broke during COMMIT: whether the transaction was committed is unknown. */
export class InDoubt extends Error {}

/** Why a request to the database failed, as one sentence for the operator. */
export class StoreError extends OperationalError {}

/** Codes of the system's errors that mean a lost connection or none at all. */
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT|EACCES)/;

/** Messages of the client library for the same. */
const LOST =
  /^(Connection terminated|Client (was closed|has encountered)|Query read timeout|timeout (expired|exceeded))/;

/** SQLSTATEs of a server that goes, comes or cannot write, after which another connection may do. */
const AWAY = /^(08|57P0|25006|25P03|53300)/;

/** SQLSTATEs of a transaction that collided with another one: it succeeds when it is repeated. */
const COLLIDED = /^(40001|40P01)$/;

/** SQLSTATEs of values that a statement cannot take. */
const REJECTED = /^(22|23|54)/;

/** What the operator can do, by SQLSTATE. */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'rejects the password: set it in the option url of the plugin postgres or in PGPASSWORD',
  '28000': 'rejects the user: allow it in pg_hba.conf',
  '3D000': 'does not exist: create it with createdb',
  '42501': 'denies a right: let its user own the database or the schema',
  '25006': 'is read-only: connect to the primary server',
  '53100': 'does not fit on its disk: free some space',
  '53300': 'has no connection left: raise max_connections or lower the option connections of the plugin postgres',
  '57014': 'did not answer in time: see the option statementTimeout of the plugin postgres',
  '55P03': 'did not answer in time: see the option statementTimeout of the plugin postgres',
};

/** Whether the connection was lost, so that the request may succeed over another one. */
export function isLost(error: unknown): boolean {
  const { code = '', message } = error as Error & { code?: string };
  return error instanceof InDoubt || NETWORK.test(code) || AWAY.test(code) || LOST.test(message);
}

/** Whether a transaction was rolled back because of another one. */
export function hasCollided(error: unknown): boolean {
  return COLLIDED.test((error as { code?: string }).code ?? '');
}

/** Whether the database has rejected a value, which no other attempt would change. */
export function isRejection(error: unknown): boolean {
  return REJECTED.test((error as { code?: string }).code ?? '');
}

/** Makes a sentence for a person: which database, what is wrong, what to do. @param name the database's, as shown */
export function complaint(name: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(`The PostgreSQL database ${name} ${reason(error)}.`, { cause: error });
}

function reason(error: unknown): string {
  const { message, code = '' } = error as Error & { code?: string };
  if (error instanceof Unfit) return message;
  if (error instanceof InDoubt) {
    return `was lost during a commit, and it is unknown whether the commit succeeded (${message})`;
  }
  const advice = ADVICE[code];
  if (advice !== undefined) return `${advice} (${message})`;
  return isLost(error) ? `cannot be reached (${message || code})` : `rejected a request: ${message}`;
}
