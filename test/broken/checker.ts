/**
 * Decides from what clients sent and saw whether the server kept its promise. It knows nothing of the server's code:
 * only who said what to whom, what was answered, and what arrived.
 */

/** A message that a client sent. */
export interface Sent {
  readonly from: string;
  readonly to: readonly string[];
  /** No two are alike. */
  readonly text: string;
  /** Whether `sent:` came back. */
  answered: boolean;
}

/** What one user saw, over all connections, in the order of arrival. */
export interface Seen {
  readonly user: string;
  readonly texts: readonly string[];
  /** Whether the user acknowledges messages and drops repeated ones: then nothing may arrive twice. */
  readonly exactlyOnce: boolean;
}

/** The broken promises, a sentence each. */
export function faults(sent: readonly Sent[], seen: readonly Seen[]): string[] {
  const found: string[] = [];
  const places = new Map(sent.map((message, index) => [message.text, { message, index }]));
  for (const { user, texts, exactlyOnce } of seen) {
    const had = new Set<string>();
    /** The latest message that arrived from each sender. */
    const latest = new Map<string, number>();
    for (const text of texts) {
      const place = places.get(text);
      if (place === undefined) found.push(`${user} saw '${text}', which nobody sent`);
      else if (!place.message.to.includes(user)) found.push(`${user} saw '${text}', which was for others`);
      if (had.has(text)) {
        if (exactlyOnce) found.push(`${user} saw '${text}' twice`);
        continue;
      }
      had.add(text);
      if (place === undefined) continue;
      const { from } = place.message;
      if (place.index < (latest.get(from) ?? -1)) found.push(`${user} saw '${text}' after a later one of ${from}`);
      latest.set(from, place.index);
    }
    for (const { to, text, answered } of sent) {
      if (answered && to.includes(user) && !had.has(text)) found.push(`${user} never saw '${text}', answered sent:`);
    }
  }
  return found;
}

/** The users that saw the same messages in different orders, a sentence each. */
export function disorder(seen: readonly Seen[]): string[] {
  const found: string[] = [];
  const orders = seen.map(({ texts }) => new Map([...new Set(texts)].map((text, place) => [text, place])));
  for (const [at, order] of orders.entries()) {
    for (const [other, places] of orders.slice(0, at).entries()) {
      let [latest, before] = [-1, ''];
      for (const text of order.keys()) {
        const place = places.get(text) ?? latest;
        if (place < latest) {
          found.push(
            `${seen[at]?.user} (${at}) saw '${text}' after '${before}', ${seen[other]?.user} (${other}) before it`,
          );
        }
        if (place > latest) [latest, before] = [place, text];
      }
    }
  }
  return found;
}
