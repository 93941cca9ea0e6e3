import type { Key } from 'node:readline';
import { harmless } from './safe.ts';
import { charactersOf } from './width.ts';

/** What a key does besides editing the line. */
export type EditAction =
  | { readonly kind: 'line'; readonly line: string }
  /** `too-long`: the line was longer than allowed. */
  | { readonly kind: 'too-long' | 'interrupt' | 'end' | 'complete' | 'redraw' | 'suspend' };

/** How many lines are remembered. */
const HISTORY = 1000;

/** The longest line, in characters of JavaScript: more than a server takes. */
const LONGEST = 8_192;

/**
 * The line that is being typed: its text, the cursor in it, and the lines before it. It knows keys and no terminal.
 * The keys are those of most shells. What is pasted goes in as it is, and each line of it is a line.
 */
export class Editor {
  /** Whether lines are secret: they are not remembered. */
  hidden = false;
  #before = '';
  #after = '';
  #history: string[] = [];
  /** Where in the history the line is from, and what was being typed before it was looked at. */
  #at = 0;
  #kept = '';
  #killed = '';
  /** Whether the last key deleted words or ends of the line: what the next one deletes is put to it. */
  #killing = false;
  #pasting = false;
  /** Whether the last key was a CR, which an LF may belong to. */
  #returned = false;
  /** Whether the line was longer than it may be. */
  #overflown = false;

  /** What stands before the cursor, and what behind it. */
  get parts(): readonly [string, string] {
    return [this.#before, this.#after];
  }

  get text(): string {
    return this.#before + this.#after;
  }

  /** Puts a line in the place of what is typed, the cursor behind its first part. */
  set(before: string, after = ''): void {
    this.#before = before;
    this.#after = after;
  }

  /** Empties the line, without remembering it. */
  clear(): void {
    this.set('');
    this.#overflown = false;
    this.#at = this.#history.length;
  }

  /** Types a key. @param text what it stands for, if anything @returns what is to be done about it */
  press(text: string | undefined, key: Key): EditAction | undefined {
    if (key.name === 'paste-start' || key.name === 'paste-end') {
      this.#pasting = key.name === 'paste-start';
      return undefined;
    }
    if (key.name === 'return' || key.name === 'enter') return this.#enter(key);
    this.#returned = false;
    const killing = this.#killing;
    this.#killing = false;
    if (this.#pasting) {
      if (text !== undefined) this.#insert(text);
      return undefined;
    }
    if (key.ctrl) return this.#control(key.name, killing);
    if (key.meta) {
      this.#meta(key.name, killing);
      return undefined;
    }
    switch (key.name) {
      case 'tab':
        return key.shift ? undefined : { kind: 'complete' };
      case 'left':
        return this.#moveTo(this.#lastOf(this.#before, 1));
      case 'right':
        return this.#moveTo(this.#before.length + this.#firstOf(this.#after));
      case 'home':
        return this.#moveTo(0);
      case 'end':
        return this.#moveTo(this.text.length);
      case 'backspace':
        this.#before = this.#before.slice(0, this.#lastOf(this.#before, 1));
        return undefined;
      case 'delete':
        this.#after = this.#after.slice(this.#firstOf(this.#after));
        return undefined;
      case 'up':
        return this.#recall(this.#at - 1);
      case 'down':
        return this.#recall(this.#at + 1);
      default:
        if (text !== undefined) this.#insert(text);
        return undefined;
    }
  }

  /** A line ends with CR, with LF or, when it was pasted, with both. */
  #enter(key: Key): EditAction | undefined {
    const rest = key.name === 'enter' && this.#returned;
    this.#returned = key.name === 'return';
    if (rest) return undefined;
    const line = this.text;
    if (!this.hidden && line.trim() !== '' && this.#history.at(-1) !== line) this.#history.push(line);
    if (this.#history.length > HISTORY) this.#history.shift();
    // What was deleted since made room: the end of it was seen.
    const overflown = this.#overflown && line.length > LONGEST - 2;
    this.clear();
    return overflown ? { kind: 'too-long' } : { kind: 'line', line };
  }

  #control(name: string | undefined, killing: boolean): EditAction | undefined {
    switch (name) {
      case 'c':
        if (this.text === '') return { kind: 'interrupt' };
        // As in a shell: what was typed is dropped, and can be put back.
        this.#kill(0, this.text.length, false);
        return undefined;
      case 'd':
        if (this.text === '') return { kind: 'end' };
        this.#after = this.#after.slice(this.#firstOf(this.#after));
        return undefined;
      case 'l':
        return { kind: 'redraw' };
      case 'z':
        return { kind: 'suspend' };
      case 'a':
        return this.#moveTo(0);
      case 'e':
        return this.#moveTo(this.text.length);
      case 'b':
        return this.#moveTo(this.#lastOf(this.#before, 1));
      case 'f':
        return this.#moveTo(this.#before.length + this.#firstOf(this.#after));
      case 'left':
        return this.#moveTo(this.#wordBefore());
      case 'right':
        return this.#moveTo(this.#wordAfter());
      case 'h':
        this.#before = this.#before.slice(0, this.#lastOf(this.#before, 1));
        return undefined;
      case 'p':
        return this.#recall(this.#at - 1);
      case 'n':
        return this.#recall(this.#at + 1);
      case 'u':
        return this.#kill(0, this.#before.length, killing);
      case 'k':
        return this.#kill(this.#before.length, this.text.length, killing);
      case 'w':
        return this.#kill(this.#before.search(/\S*\s*$/), this.#before.length, killing);
      case 'backspace':
        return this.#kill(this.#wordBefore(), this.#before.length, killing);
      case 'y':
        this.#insert(this.#killed);
        return undefined;
      default:
        return undefined;
    }
  }

  #meta(name: string | undefined, killing: boolean): void {
    if (name === 'b' || name === 'left') this.#moveTo(this.#wordBefore());
    else if (name === 'f' || name === 'right') this.#moveTo(this.#wordAfter());
    else if (name === 'backspace') this.#kill(this.#wordBefore(), this.#before.length, killing);
    else if (name === 'd') this.#kill(this.#before.length, this.#wordAfter(), killing);
  }

  /** Deletes a part of the line that ends or begins at the cursor, to be put back. @param more whether to what was deleted just before */
  #kill(from: number, to: number, more: boolean): undefined {
    const { text } = this;
    const killed = text.slice(from, to);
    const [earlier, later] = from < this.#before.length ? ['', this.#killed] : [this.#killed, ''];
    if (!this.hidden) this.#killed = more ? earlier + killed + later : killed;
    this.#killing = true;
    this.set(text.slice(0, from), text.slice(to));
  }

  #insert(text: string): void {
    if (this.text.length + text.length > LONGEST) this.#overflown = true;
    else this.#before = harmless(this.#before + text);
  }

  #moveTo(at: number): undefined {
    const { text } = this;
    this.set(text.slice(0, at), text.slice(at));
  }

  /** Where the last characters of a text begin. */
  #lastOf(text: string, count: number): number {
    return charactersOf(text).slice(0, -count).join('').length;
  }

  /** Where the first character of a text ends. */
  #firstOf(text: string): number {
    return charactersOf(text)[0]?.length ?? 0;
  }

  #wordBefore(): number {
    return this.#before.search(/[\p{L}\p{N}\p{M}]*[^\p{L}\p{N}\p{M}]*$/u);
  }

  #wordAfter(): number {
    const [skipped = ''] = /^[^\p{L}\p{N}]*[\p{L}\p{N}\p{M}]*/u.exec(this.#after) ?? [];
    return this.#before.length + skipped.length;
  }

  #recall(at: number): undefined {
    if (this.hidden || at < 0 || at > this.#history.length) return;
    if (this.#at === this.#history.length) this.#kept = this.text;
    this.#at = at;
    this.set(this.#history[at] ?? this.#kept);
  }
}
