import {
  type ClientEvent,
  type Codec,
  type CodecState,
  clientEvents,
  definePlugin,
  type Entry,
  entryEvent,
  type Input,
  type LineRead,
  LoginDialogue,
  type Message,
  messageEvent,
  type Output,
  type Question,
  type ServerEvent,
} from 'chatserv';

/** One JSON object a line, for programs: docs/json.md. */
const json: Codec = {
  name: 'json',
  acknowledges: true,
  takesOver: true,
  renames: true,
  // Web clients of IRC connect to the same port, and few name a subprotocol.
  handsOver: true,
  // No user name starts with a brace.
  claims: (firstLine) => firstLine.startsWith('{'),
  open: () => new JsonState(),
  message: (message: Message) => lineOf(messageEvent(message)),
  entry: (entry: Entry, message: Message, line: string | undefined) =>
    lineOf(entryEvent(entry, message, line) satisfies ServerEvent),
};

export default definePlugin({
  name: 'json',
  summary: 'Speaks JSON, one object a line, with programs',
  needs: { dialogue: LoginDialogue },
  setup: () => ({ codecs: [json] }),
});

const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/** An event as a line. Escapes what JSON does not: controls that terminals obey, and what some programs take for a line end. */
function lineOf(event: object): string {
  const line = JSON.stringify(event);
  return `${line.replace(UNESCAPED, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

class JsonState implements CodecState {
  /** The request ids of lines not answered yet. Answers come in order. */
  #requests: (string | number | undefined)[] = [];
  #isLoggedIn = false;
  /** Whether the open question came unprompted after the login, so that its answer gets no reply. */
  #isUnrequested = false;

  decode(line: LineRead, question: Question | undefined): readonly Input[] {
    return [this.#decode(line, question)];
  }

  #decode(line: LineRead, question: Question | undefined): Input {
    if ('fault' in line) return this.#unreadable('line', line.fault);
    const value = parsed(line.text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.#unreadable('json', 'line');
    this.#requests.push(requestOf(value));
    const { data, error } = clientEvents.safeParse(value);
    if (data === undefined) return invalid('field', error.issues[0]?.path.join('.') || 'type');
    switch (data.type) {
      case 'acknowledge':
        this.#requests.pop();
        return { kind: 'acknowledge', id: data.id };
      case 'answer':
        if (question === undefined) return invalid('unexpected', 'answer');
        if (this.#isUnrequested) this.#requests.pop();
        return { kind: 'answer', text: data.text };
      case 'cancel':
        if (question === undefined || !this.#isLoggedIn) return invalid('unexpected', 'cancel');
        if (this.#isUnrequested) this.#requests.pop();
        return { kind: 'cancel' };
      case 'login':
      case 'register':
      case 'guest':
      case 'resume':
        if (question === undefined || this.#isLoggedIn) return invalid('unexpected', data.type);
        return { kind: 'login', preset: presetOf(data) };
      case 'command':
        return question === undefined
          ? { kind: 'command', word: data.name, rest: data.text, values: data.values }
          : invalid('unexpected', 'command');
      case 'message':
        if (question !== undefined) return invalid('unexpected', 'message');
        return {
          kind: 'command',
          word: data.to === 'everyone' ? 'broadcast' : 'message',
          values: data.to === 'everyone' ? { text: data.text } : { to: [data.to].flat(), text: data.text },
          once: data.key === undefined ? undefined : { key: data.key, retry: data.again },
          reply: data.reply,
          form: data.form,
          unlessCommand: data.unlessCommand,
        };
    }
  }

  #unreadable(reason: string, about: string): Input {
    this.#requests.push(undefined);
    return invalid(reason, about);
  }

  encode(output: Output): string {
    switch (output.kind) {
      case 'ask':
        this.#isUnrequested = this.#isLoggedIn && this.#requests.length === 0;
        return this.#answer({
          type: 'ask',
          question: output.question,
          because: output.because,
          reason: output.reason,
          secret: output.secret,
        });
      case 'welcome':
        this.#isLoggedIn = true;
        return this.#answer({ type: 'welcome', name: output.account.name });
      case 'answer': {
        const { command, reply, facts } = output;
        const words = typeof reply === 'string' ? { text: reply } : { lines: [...reply] };
        return this.#answer({ type: 'answer', command, ...words, ...(facts && { facts: { ...facts } }) });
      }
      case 'error':
        return this.#answer({ type: 'error', reason: output.reason, about: output.about, message: output.sentence });
      case 'blocked':
        return this.#answer({ type: 'blocked', seconds: output.seconds });
      case 'event':
        return lineOf({ ...output.facts, type: output.event });
      case 'ready':
        return '';
      case 'closing':
        return this.#answer({ type: 'closing', reason: output.reason, seconds: output.seconds });
    }
  }

  #answer(event: ServerEvent): string {
    const [request] = this.#requests;
    const line = lineOf(request === undefined ? event : ({ ...event, request } as ServerEvent));
    // Only now: where JSON cannot express the event, an error answers the same request.
    this.#requests.shift();
    return line;
  }
}

/** The answers to the login's questions that a `login`, `register`, `guest` or `resume` carries. */
function presetOf(
  event: Extract<ClientEvent, { type: 'login' | 'register' | 'guest' | 'resume' }>,
): Readonly<Record<string, string>> {
  const device: Record<string, string> = event.device === undefined ? {} : { device: event.device };
  if (event.type === 'register') {
    const { name: username, password, invitation: code } = event;
    const invitation: Record<string, string> = code === undefined ? {} : { invitation: code };
    const chosen = { 'new-password': password, 'new-password-again': password };
    return { username, password, register: 'y', ...chosen, ...invitation, ...device };
  }
  if (event.type === 'guest') return { username: event.name, register: 'n', guest: 'y', ...device };
  const takeover: Record<string, string> = event.takeover ? { takeover: 'y' } : {};
  if (event.type === 'resume') return { username: '', resume: event.token, ...takeover, ...device };
  const password: Record<string, string> = event.password === undefined ? {} : { password: event.password };
  return { username: event.name, ...password, ...takeover, ...device };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The request id of an object that may be invalid otherwise, so that its error carries the id too. */
function requestOf(value: object): string | number | undefined {
  const request = Object.hasOwn(value, 'request') ? (value as { request: unknown }).request : undefined;
  if (typeof request === 'string') return request.length <= 64 ? request : undefined;
  return Number.isSafeInteger(request) ? (request as number) : undefined;
}

function invalid(reason: string, about: string): Input {
  return { kind: 'invalid', reason, about };
}
