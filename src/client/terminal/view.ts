import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Received } from '../owner.ts';
import { type Addressee, titleOf } from './addressee.ts';
import { isMentionOf } from './mention.ts';
import type { Origin } from './message-item.ts';
import { shown } from './safe.ts';
import type { SearchHits } from './search-hits.ts';
import { widthOf, wrapped } from './width.ts';

/** Colours of names that are readable on white and on black, for terminals with few colours and with 256. */
const FEW = ['magenta', 'blueBright', 'redBright', 'magentaBright'] as const;
const MANY = [
  26, 27, 28, 29, 30, 31, 32, 61, 62, 63, 64, 67, 94, 97, 98, 99, 100, 128, 130, 131, 133, 134, 161, 162, 163, 164, 166,
  168,
];

type Style = Parameters<typeof styleText>[0];

/** How many names are shown at most. */
const NAMES = 40;

/** How many pasted lines are shown at most. */
const PASTED = 8;

/** The indent of a message's further lines: past the time. */
const INDENT = 6;

/** How a message is shown. */
export interface MessageView {
  /** Whether it is in the window of its room or conversation, which need not be named. */
  readonly isAtHome?: boolean;
  readonly origin?: Origin;
  /** The recipients, as typed here. */
  readonly to?: Addressee;
  /** Whether the person looked for it. */
  readonly isMarked?: boolean;
  /** The text as it is now. */
  readonly text?: string;
  /** The reactions to it. */
  readonly reactions?: string;
  /** When the message above it was sent; by default now. */
  readonly previous?: Date | undefined;
}

/** Formats events as lines for a person, no wider than the terminal. */
export class View {
  readonly #stream: WriteStream;
  readonly #columns: () => number;

  /** @param stream the output; it and the environment (NO_COLOR, TERM) decide about colours */
  constructor(stream: WriteStream, columns: () => number) {
    this.#stream = stream;
    this.#columns = columns;
  }

  /** A message from someone else, or, marked as such, from this account on another device. */
  message(message: Received, me: string, options: MessageView = {}): string[] {
    const { from, audience, roomName, quote, form, time } = message;
    const isAction = form === 'action';
    const { isAtHome = false, origin = 'elsewhere', to, text: now = message.text, reactions = '' } = options;
    const text = quote === undefined ? now : `(${quote}) ${now}`;
    const where = roomName === undefined || isAtHome ? '' : this.style('bold', shown(roomName));
    const below = reactions === '' ? [] : this.#lines(' '.repeat(INDENT), shown(reactions), 'dim');
    const said = (name: string, whom: string, place = where) => {
      const who = (isAction ? [place, whom, `* ${name}`] : [place, name, whom]).filter((part) => part !== '').join(' ');
      const lines = this.#said(time, `${who}${isAction ? '' : ':'} `, text, options.isMarked);
      return [...this.#newDay(time, options.previous), ...lines, ...below];
    };
    const you = this.style('bold', isAction ? shown(from) : 'you');
    if (from !== me) {
      // A message that mentions this person stands out.
      const name = isMentionOf(message, me) ? this.style('inverse', this.name(from)) : this.name(from);
      return said(name, audience === 'named' && !isAtHome ? this.style(['bold', 'inverse'], '→ you') : '');
    }
    if (origin === 'history') return said(you, '');
    if (origin === 'elsewhere') {
      return said(you, audience === 'named' ? 'privately (on another device)' : '(on another device)');
    }
    const whom = isAtHome || to === 'everyone' || to === undefined ? [] : to.map((name) => this.name(name));
    return said(you, whom.length === 0 ? '' : `→ ${whom.join(', ')}`, '');
  }

  /** What a search has found, numbered for `/jump`. */
  hits({ hits, more }: SearchHits): string[] {
    const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
    const lines = hits.map(({ to, from, time, snippet }, index) => {
      return `${index + 1} ${titleOf(to)} ${date.format(time)} ${from}: ${snippet}`;
    });
    const next = more === undefined ? '' : ` For earlier ones add ${more} to the search.`;
    return [...this.answer(lines), ...this.notice(`/jump 1 shows the first one in its place.${next}`)];
  }

  /** Lines that were pasted, the first ones of many. */
  pasted(lines: readonly string[]): string[] {
    const first = lines.slice(0, PASTED).flatMap((line) => this.#lines('  │ ', shown(line)));
    return lines.length > PASTED ? [...first, ...this.notice(`and ${lines.length - PASTED} more`)] : first;
  }

  /** A typed command, above its answer. */
  typed(line: string): string[] {
    return this.#lines('> ', shown(line), 'dim');
  }

  /** An unobtrusive notice. */
  notice(text: string): string[] {
    return this.#lines('· ', shown(text), 'dim');
  }

  /** An error. */
  error(text: string): string[] {
    return this.#lines('! ', shown(text), 'red');
  }

  /** An answer of the server. */
  answer(lines: readonly string[]): string[] {
    return lines.flatMap((line) =>
      wrapped(shown(line), this.#columns(), 2, 4).map((part, index) => (index === 0 ? '  ' : '    ') + part),
    );
  }

  /** Names, each in its colour; if there are many, the first ones. */
  names(label: string, names: readonly string[]): string[] {
    if (names.length === 0) return this.notice(`${label} nobody`);
    const lines: string[] = [];
    let line = `  ${label}`;
    const first = names.slice(0, NAMES);
    for (const [index, name] of first.entries()) {
      const comma = index < first.length - 1 ? ',' : '';
      if (widthOf(line) + 1 + widthOf(shown(name) + comma) > this.#columns()) {
        lines.push(line);
        line = '   ';
      }
      line += ` ${this.name(name)}${comma}`;
    }
    const more = names.length > NAMES ? this.notice(`and ${names.length - NAMES} more`) : [];
    return [...lines, line, ...more];
  }

  /** A horizontal rule with a label. */
  rule(text: string): string[] {
    const lines = wrapped(`── ${text}`, this.#columns(), 0, 3).map((line, index) => (index > 0 ? `   ${line}` : line));
    const left = Math.min(this.#columns(), 78) - widthOf(lines.at(-1) ?? '') - 1;
    if (left > 0) lines.push(`${lines.pop()} ${'─'.repeat(left)}`);
    return lines.map((line) => this.style('dim', line));
  }

  /** A name in its colour, which is always the same. */
  name(name: string): string {
    let hash = 2_166_136_261;
    for (const character of name.toLowerCase()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    const any = (hash ^ (hash >>> 15)) >>> 0;
    const basic = this.style([FEW[any % FEW.length] ?? 'magenta', 'bold'], shown(name));
    if (basic === shown(name) || !(this.#stream.getColorDepth?.() >= 8)) return basic;
    return `\u001b[1;38;5;${MANY[any % MANY.length]}m${shown(name)}\u001b[22;39m`;
  }

  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  #said(time: Date, who: string, text: string, isMarked = false): string[] {
    const clock = `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
    const head = `${this.style('dim', clock)}${isMarked ? this.style(['bold', 'inverse'], '»') : ' '}${who}`;
    const columns = this.#columns();
    const taken = widthOf(head);
    // A head that leaves no room gets a line of its own.
    const indent = columns >= 4 * INDENT ? INDENT : 1;
    // A line of a text is indented, so that it cannot be taken for a message.
    const lines = text
      .split('\n')
      .flatMap((line, at) => wrapped(shown(line), columns, at === 0 ? Math.min(taken, columns - 1) : indent, indent));
    const [first = '', ...more] = lines;
    return [`${head}${first}`, ...more.map((line) => ' '.repeat(indent) + line)];
  }

  /** A line with the date, if it differs from the previous message's. */
  #newDay(time: Date, previous: Date = new Date()): string[] {
    if (time.toDateString() === previous.toDateString()) return [];
    const date = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
    return this.rule(time.toLocaleDateString('en-GB', date));
  }

  #lines(mark: string, text: string, style?: Style): string[] {
    const indent = mark.length;
    return wrapped(text, this.#columns(), indent, indent).map((line, index) => {
      const whole = (index === 0 ? mark : ' '.repeat(indent)) + line;
      return style === undefined ? whole : this.style(style, whole);
    });
  }
}
