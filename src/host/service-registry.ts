import type { Token } from '../services/service.ts';

/** What one of several plugins provides of a chained service. */
interface Link {
  readonly provided: unknown;
  readonly standard: boolean;
}

/** The services of a generation by name; of a chained one the list of what its plugins provide. */
export class ServiceRegistry extends Map<string, unknown> {
  readonly #chains = new Map<string, Link[]>();

  /** Adds a service. In a chain those of the standard set come last. @param standard whether its plugin is one of that set */
  provide(token: Token<unknown>, provided: unknown, standard: boolean): void {
    const { service } = token;
    if (!('chained' in token)) {
      this.set(service, provided);
      return;
    }
    const links = this.#chains.get(service) ?? [];
    links.push({ provided, standard });
    links.sort((a, b) => Number(a.standard) - Number(b.standard));
    this.#chains.set(service, links);
    this.set(
      service,
      links.map((link) => link.provided),
    );
  }
}

/** Whether a service is the same one; of a chained one, whether all its providers are. */
export function isSameService(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((link, index) => link === other[index]);
}
