import type { Link } from './connections.ts';
import type { Credentials } from './credentials.ts';
import { eventOf } from './events.ts';
import type { KnownRooms } from './known-rooms.ts';
import type { Learned } from './learned.ts';
import type { LoginDialogue } from './login-dialogue.ts';
import { askOf, type Questions } from './questions.ts';
import type { ReceivedMessages } from './received.ts';
import type { Requests } from './requests.ts';

/** The parts of a conversation that take the server's events. */
export interface Parts {
  readonly login: LoginDialogue;
  readonly credentials: Credentials;
  readonly requests: Requests;
  readonly questions: Questions;
  readonly received: ReceivedMessages;
  readonly learned: Learned;
  readonly rooms: KnownRooms;
  welcome(name: string, link: Link): void;
  renamed(name: string): void;
  closing(reason: string, seconds: number | undefined): void;
  blocked(seconds: number): void;
  /** The other end does not speak the protocol. */
  foreign(): void;
  other(event: { readonly type: string }): void;
}

/** Passes the event on a line to the part that it is for. */
export function route(text: string, link: Link, to: Parts): void {
  const event = eventOf(text);
  if (event === undefined) {
    to.foreign();
    return;
  }
  switch (event.type) {
    case 'ask':
      // A listener that speaks only JSON asks first. The login is under way already.
      if (event.because === 'start' && event.request === undefined) break;
      if (link.welcome) void to.questions.asked(event, link);
      else to.login.asked(askOf(event), link);
      break;
    case 'welcome':
      to.welcome(event.name, link);
      break;
    case 'token':
      to.credentials.renew(event.token, to.received.seen);
      break;
    case 'message':
    case 'entry':
      to.received.take(event);
      to.rooms.entry(event);
      break;
    case 'answer':
      if (event.command === 'message' || event.command === 'broadcast') to.rooms.posted(event.facts);
      to.requests.answered(event);
      break;
    case 'error':
      if (link.welcome) to.requests.refused(event);
      else to.login.asked({ question: 'username', because: event.reason }, link);
      break;
    case 'presence':
      to.learned.change(event);
      break;
    case 'marker':
      to.rooms.marker(event);
      break;
    case 'notify':
      to.rooms.notify(event);
      break;
    case 'left':
      to.rooms.left(event);
      break;
    case 'unread':
      // The listed rooms tell the same in detail.
      break;
    case 'renamed':
      to.renamed(event.name);
      break;
    case 'commands':
      void to.learned.learnCommands();
      break;
    case 'blocked':
      to.blocked(event.seconds);
      break;
    case 'closing':
      to.closing(event.reason, event.seconds);
      break;
    case 'other':
      to.other(event.event);
  }
}
