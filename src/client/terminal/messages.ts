import type { Ask, Closed } from '../owner.ts';
import { answerProblem, closedReason, commandProblem, lostReason, requestProblem } from '../reasons.ts';
import type { RequestError } from '../requests.ts';

/** Errors of sockets and TLS as sentences; `%` is the detail that the pattern captures. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'Nothing is listening there. Is the server running, and is that its port?'],
  [/ENOTFOUND|EAI_/, 'There is no host of that name.'],
  [/ENOENT/, 'There is no such socket. Is the server running?'],
  [/EACCES/, 'You do not have permission to use that socket.'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'The host cannot be reached.'],
  [/ECONNRESET|EPIPE/, 'The connection was reset.'],
  [/wrong version number|packet length too long/i, 'The server does not speak TLS on that port: leave out --tls.'],
  [/altnames: ((?:DNS|IP).*)$/i, 'The certificate is for another name: %.'],
  [
    /certificate (has expired|is not yet valid)/i,
    'The certificate has expired, or the clock of this computer is wrong.',
  ],
  [
    /self-signed|unable to (verify|get)/i,
    'The certificate is not signed by a trusted authority. If you trust it, pass it with --ca FILE.',
  ],
];

/** Why there is no connection. */
export function lostText(why: string): string {
  for (const [fault, text] of FAULTS) {
    const [all, detail = ''] = fault.exec(why) ?? [];
    if (all !== undefined) return text.replace('%', () => detail);
  }
  return why === 'no-greeting' ? `${lostReason(why)} ${MAYBE_TLS}` : lostReason(why);
}

const MAYBE_TLS = 'If it expects TLS, add --tls.';

/** Why a conversation ended. @param name of the user, if the login failed */
export function closedText(closed: Closed, name?: string): string {
  const reason = closedReason(closed, name);
  if (closed.why === 'no-json') return `${reason} ${MAYBE_TLS}`;
  if (closed.why !== 'refused') return reason;
  if (closed.question === 'register') return `${reason} Use --register to create it.`;
  return closed.reason === 'taken' ? `${reason} To log in, leave out --register.` : reason;
}

/** A question of a plugin as a prompt. */
export function promptOf(question: string): string {
  if (question === 'invitation') return 'The code of your invitation: ';
  return /[?:]\s*$/.test(question) ? `${question.trimEnd()} ` : `${question}: `;
}

const PROMPTS: Readonly<Record<string, string>> = {
  password: 'Your password: ',
  'new-password': 'New password: ',
  'new-password-again': 'Repeat the password: ',
};

/** A command's question after the login: what was wrong with the last answer, if anything, and the prompt. */
export function questionText(ask: Ask): { readonly problem: string; readonly prompt: string } {
  const isProblem = ask.because !== 'new';
  return { problem: isProblem ? answerProblem(ask) : '', prompt: PROMPTS[ask.question] ?? promptOf(ask.question) };
}

/** An answer of one line, which for programs is a word and what it is about: `joined:#lab`. A list of such stays one. */
export function answerText(text = ''): string {
  return text.replace(/^([a-z-]+):$/, '$1').replace(/^([a-z-]+):(?=\S)(?!.*\s[^\s:]+:[a-z])/, '$1: ');
}

/** How a command is used. @param saying the line that sends what was typed as a message */
export function misusedText(usage: string, saying?: string): string {
  return withSaying(`Usage: ${usage}`, saying);
}

function withSaying(usage: string, saying: string | undefined): string {
  return saying === undefined ? usage : `${usage}. To send it as text: ${saying}`;
}

/** What is known of a refused request. */
export interface RefusedLine {
  /** How the command is used. */
  readonly usage?: string | undefined;
  /** The commands closest to a misspelt one. */
  readonly like?: readonly string[];
  /** The line that sends what was typed as a message, if it may have been meant as one. */
  readonly saying?: string | undefined;
}

/** Why a request failed. */
export function errorText(error: RequestError, { usage, like, saying }: RefusedLine = {}): string {
  const { reason, about, sentence } = error;
  if (reason === 'command' && sentence === undefined) {
    if (about === 'say') return 'A line that starts with / is never a message. Leave out the / to send it.';
    return commandProblem(about, like);
  }
  const text = requestProblem(error, usage && `/${usage}`);
  return reason === 'args' && usage !== undefined ? withSaying(text, saying) : text;
}
