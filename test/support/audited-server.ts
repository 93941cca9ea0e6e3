import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from 'chatserv';
import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';

/** A server with the plugin admin, whose audit log is in a folder of its own. `await using` ends both. */
export class AuditedServer {
  readonly server: TestServer;
  readonly #folder: string;

  private constructor(server: TestServer, folder: string) {
    this.server = server;
    this.#folder = folder;
  }

  static async start(
    plugins: TestPlugins = {},
    limits: Parameters<typeof startServer>[1] = {},
  ): Promise<AuditedServer> {
    const folder = mkdtempSync(join(tmpdir(), 'chatserv-audit-'));
    const server = await startServer({ admin: optionsIn(folder), ...plugins }, limits);
    return new AuditedServer(server, folder);
  }

  /** The options of the plugin admin. */
  get options(): object {
    return optionsIn(this.#folder);
  }

  get accounts(): Accounts {
    return this.server.host.service(Accounts.service) as Accounts;
  }

  /** Gives a user roles, in the place of those they have. */
  async give(name: string, ...roles: string[]): Promise<void> {
    await this.accounts.setRoles((await this.accounts.find(name))?.id ?? 0, roles);
  }

  /** Joins as a new user with a role. */
  async joinsAs(role: string, name: string, address?: string) {
    const client = await this.server.joins(name, address);
    await this.give(name, role);
    return client;
  }

  /** The audit log as it is written. */
  get audit(): string {
    return readFileSync(join(this.#folder, 'audit.log'), 'utf8');
  }

  /** What the audit log says, without the times. */
  get audited(): object[] {
    const lines = this.audit.trimEnd().split('\n');
    return lines.map((line) => {
      const { time: _time, ...said } = JSON.parse(line) as { time: string };
      return said;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

function optionsIn(folder: string): object {
  return { audit: join(folder, 'audit.log') };
}
