import type { Session } from '../api/session.ts';
import type { Chunk } from '../wire/chunk.ts';
import type { Outbox } from '../wire/outbox.ts';
import type { Renderable } from './renderable.ts';
import type { SessionFeed } from './session-feed.ts';

/** A session that messages are delivered to. */
export interface Recipient extends Session {
  readonly feed: SessionFeed;
  readonly outbox: Outbox;
  readonly clientCodec: {
    /**
     * Messages as the client's codec renders them; undefined where each is rendered by itself. A codec that fails closes
     * the session.
     */
    render(messages: Renderable): Chunk | undefined;
  };
  /** Closes the session: more is queued than the limit allows. */
  overflowed(): void;
}
