import type { Dialect, Heard, Question, Speaker, Utterance } from '../kernel/dialect.ts';
import type { LineRead } from '../kernel/framing.ts';
import type { Message } from '../kernel/message.ts';
import { type ClientEvent, clientEvents, type ServerEvent } from './json-events.ts';

/** One JSON object a line, for programs: docs/json.md. */
export const json: Dialect = {
  name: 'json',
  acknowledges: true,
  takesOver: true,
  open: () => new JsonSpeaker(),
  message({ id, from, audience, text, time, repeat }: Message): string {
    return said({
      type: 'message',
      id,
      from: from.name,
      audience: 'group' in audience ? 'everyone' : 'named',
      text,
      time: new Date(time).toISOString(),
      repeat,
    });
  },
};

const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/** An event as a line. What JSON leaves as it is and could command a terminal, or end a line for some programs, is escaped. */
function said(event: object): string {
  const line = JSON.stringify(event);
  return `${line.replace(UNESCAPED, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** What a login, a registration or a resumption gives for the questions of the dialogue. */
type Credentials = Extract<ClientEvent, { type: 'login' | 'register' | 'resume' }>;

/** The questions that credentials are for. */
const STANDARD: ReadonlySet<Question> = new Set([
  'username',
  'password',
  'register',
  'new-password',
  'new-password-again',
]);

class JsonSpeaker implements Speaker {
  /** The requests of the lines that wait for their answers, which come in their order. */
  #requests: (string | number | undefined)[] = [];
  #credentials: Credentials | undefined;
  /** The questions that the credentials have answered. */
  #answered = new Set<Question>();
  #isLoggedIn = false;
  /** Whether the question that waits was asked by itself after the login, so that nothing answers its answer. */
  #isUnrequested = false;

  hear(line: LineRead, question: Question | undefined): Heard {
    if ('fault' in line) return this.#wrong('line', line.fault);
    const value = parsed(line.text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.#wrong('json', 'line');
    this.#requests.push(requestOf(value));
    const { data, error } = clientEvents.safeParse(value);
    if (data === undefined) return wrong('field', error.issues[0]?.path.join('.') || 'type');
    switch (data.type) {
      case 'acknowledge':
        this.#requests.pop();
        return { kind: 'acknowledge', id: data.id };
      case 'answer':
        if (question === undefined) return wrong('unexpected', 'answer');
        if (this.#isUnrequested) this.#requests.pop();
        return { kind: 'answer', text: data.text };
      case 'cancel':
        if (question === undefined || !this.#isLoggedIn) return wrong('unexpected', 'cancel');
        if (this.#isUnrequested) this.#requests.pop();
        return { kind: 'cancel' };
      case 'login':
      case 'register':
      case 'resume':
        if (question === undefined || this.#isLoggedIn) return wrong('unexpected', data.type);
        return this.#take(data, question);
      case 'command':
        return question === undefined ? asCommand(data.name, data.text) : wrong('unexpected', 'command');
      case 'message':
        if (question !== undefined) return wrong('unexpected', 'message');
        return {
          ...(data.to === 'everyone'
            ? asCommand('broadcast', data.text)
            : asCommand('message', `(${data.to.join(' ')}) ${data.text}`)),
          once: data.key === undefined ? undefined : { key: data.key, again: data.again },
          unlessCommand: data.unlessCommand,
        };
    }
  }

  #wrong(reason: string, about: string): Heard {
    this.#requests.push(undefined);
    return wrong(reason, about);
  }

  #take(credentials: Credentials, question: Question): Heard {
    this.#credentials = credentials;
    this.#answered.clear();
    // In the middle of another login, that one is given up.
    if (question !== 'username') return { kind: 'start-over' };
    return { kind: 'answer', text: this.prepared('username', 'start') ?? '' };
  }

  prepared(question: Question, because: string): string | undefined {
    const answer = this.#credentials && answerOf(this.#credentials, question, because);
    const key = `${question} ${because}`;
    if (answer !== undefined && !this.#answered.has(key)) {
      this.#answered.add(key);
      return answer;
    }
    // What a plugin asks beside them, and the client did not give, leaves the rest as it is.
    if (STANDARD.has(question)) this.#credentials = undefined;
    return undefined;
  }

  given(question: Question): string | undefined {
    return this.#credentials && answerOf(this.#credentials, question, '');
  }

  say(utterance: Utterance): string {
    switch (utterance.kind) {
      case 'ask':
        this.#isUnrequested = this.#isLoggedIn && this.#requests.length === 0;
        return this.#answer({
          type: 'ask',
          question: utterance.question,
          because: utterance.because,
          reason: utterance.reason,
          secret: utterance.secret,
        });
      case 'welcome':
        this.#isLoggedIn = true;
        this.#credentials = undefined;
        return this.#answer({ type: 'welcome', name: utterance.account.name });
      case 'answer': {
        const { command, reply, facts } = utterance;
        const words = typeof reply === 'string' ? { text: reply } : { lines: [...reply] };
        return this.#answer({ type: 'answer', command, ...words, ...(facts && { facts: { ...facts } }) });
      }
      case 'error':
        return this.#answer({ type: 'error', reason: utterance.reason, about: utterance.about });
      case 'blocked':
        return this.#answer({ type: 'blocked', seconds: utterance.seconds });
      case 'event':
        return said({ ...utterance.facts, type: utterance.event });
      case 'ready':
        return '';
      case 'closing':
        return this.#answer({ type: 'closing', reason: utterance.reason, seconds: utterance.seconds });
    }
  }

  #answer(event: ServerEvent): string {
    const [request] = this.#requests;
    const line = said(request === undefined ? event : ({ ...event, request } as ServerEvent));
    // Only then: what JSON cannot say is answered in another way.
    this.#requests.shift();
    return line;
  }
}

function answerOf(given: Credentials, question: Question, because: string): string | undefined {
  if (question === 'takeover') return given.type !== 'register' && given.takeover ? 'y' : undefined;
  if (given.type === 'resume') {
    if (question === 'resume') return given.token;
    return question === 'username' && because === 'start' ? '' : undefined;
  }
  const registers = given.type === 'register';
  switch (question) {
    case 'username':
      return because === 'start' || (registers && because === 'registered') ? given.name : undefined;
    case 'password':
      return because === '' ? given.password : undefined;
    case 'register':
      return registers ? 'y' : undefined;
    case 'new-password':
    case 'new-password-again':
      return registers && because === '' ? given.password : undefined;
    default:
      return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The request of an object that may be wrong otherwise, so that the error too says what it is about. */
function requestOf(value: object): string | number | undefined {
  const request = Object.hasOwn(value, 'request') ? (value as { request: unknown }).request : undefined;
  if (typeof request === 'string') return request.length <= 64 ? request : undefined;
  return Number.isSafeInteger(request) ? (request as number) : undefined;
}

function wrong(reason: string, about: string): Heard {
  return { kind: 'wrong', reason, about };
}

function asCommand(word: string, rest: string): Heard & { readonly kind: 'command' } {
  return { kind: 'command', word, rest };
}
