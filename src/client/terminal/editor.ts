import type { Key } from 'node:readline';
import { harmless } from './safe.ts';
import type { Turn } from './terminal.ts';
import { charactersOf } from './width.ts';

/** What a key does besides editing the line. */
export type EditAction =
  | { readonly kind: 'line'; readonly line: string }
  /** Several lines that were pasted, the draft before the first among them. */
  | { readonly kind: 'paste'; readonly lines: readonly string[] }
  | { readonly kind: 'turn'; readonly to: Turn }
  /** Tab, or with `after` Shift-Tab. */
  | { readonly kind: 'complete'; readonly step: 'before' | 'after' }
  /** `too-long`: the line was longer than allowed. */
  | { readonly kind: 'too-long' | 'interrupt' | 'end' | 'redraw' | 'suspend' };

/** How many lines the history keeps. */
const HISTORY = 1000;

/** The longest line, in UTF-16 code units: more than a server accepts. */
const LONGEST = 8_192;

/**
 * The line being typed: its text, the cursor, and the history. It handles keys, not the terminal.
 * The keys are those of most shells. A paste is inserted as text. Several lines are kept together, or each is entered.
 */
export class Editor {
  /** Whether lines are secret and stay out of the history. */
  hidden = false;
  /** Whether several pasted lines are kept together. */
  keepsPastes = false;
  #before = '';
  #after = '';
  #history: string[] = [];
  /** The position in the history, and the draft from before it was browsed. */
  #at = 0;
  #kept = '';
  #killed = '';
  /** Whether the last key killed text: the next kill is added to it. */
  #killing = false;
  #pasting = false;
  /** The whole lines of a paste so far. */
  #pasted: string[] = [];
  /** Whether the last key was a CR, which an LF may follow. */
  #returned = false;
  /** Whether the line has exceeded the limit. */
  #overflown = false;

  /** The text before the cursor, and after it. */
  get parts(): readonly [string, string] {
    return [this.#before, this.#after];
  }

  get text(): string {
    return this.#before + this.#after;
  }

  /** Replaces the line, with the cursor after its first part. */
  set(before: string, after = ''): void {
    this.#before = before;
    this.#after = after;
  }

  /** Clears the line without adding it to the history. */
  clear(): void {
    this.set('');
    this.#overflown = false;
    this.#at = this.#history.length;
  }

  /** Handles a key. @param text its text, if any @returns what the terminal must do */
  press(text: string | undefined, key: Key): EditAction | undefined {
    if (key.name === 'paste-start' || key.name === 'paste-end') {
      this.#pasting = key.name === 'paste-start';
      return this.#pasting ? undefined : this.#endPaste();
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
    if (key.meta) return this.#meta(key.name, killing);
    switch (key.name) {
      case 'tab':
        return { kind: 'complete', step: key.shift ? 'after' : 'before' };
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
      case 'pageup':
        return { kind: 'turn', to: 'up' };
      case 'pagedown':
        return { kind: 'turn', to: 'down' };
      case 'up':
        return this.#recall(this.#at - 1);
      case 'down':
        return this.#recall(this.#at + 1);
      default:
        if (text !== undefined) this.#insert(text);
        return undefined;
    }
  }

  /** A line ends with CR, LF or, in a paste, both. */
  #enter(key: Key): EditAction | undefined {
    const rest = key.name === 'enter' && this.#returned;
    this.#returned = key.name === 'return';
    if (rest) return undefined;
    if (this.#pasting && this.keepsPastes && !this.hidden) {
      this.#pasted.push(this.text);
      this.set('');
      return undefined;
    }
    const line = this.text;
    if (!this.hidden && line.trim() !== '' && this.#history.at(-1) !== line) this.#history.push(line);
    if (this.#history.length > HISTORY) this.#history.shift();
    // Deletions since then made it fit, with its end in view.
    const overflown = this.#overflown && line.length > LONGEST - 2;
    this.clear();
    return overflown ? { kind: 'too-long' } : { kind: 'line', line };
  }

  /** A single line stays to be edited, several are kept together. */
  #endPaste(): EditAction | undefined {
    const lines = [...this.#pasted, this.text].filter((line, index, all) => line !== '' || index < all.length - 1);
    const isKept = this.#pasted.length > 0;
    this.#pasted = [];
    if (!isKept) return undefined;
    const overflown = this.#overflown;
    this.clear();
    if (overflown) return { kind: 'too-long' };
    const [first = ''] = lines;
    if (lines.length > 1) return { kind: 'paste', lines };
    this.set(first);
    return undefined;
  }

  #control(name: string | undefined, killing: boolean): EditAction | undefined {
    switch (name) {
      case 'c':
        if (this.text === '') return { kind: 'interrupt' };
        // Like a shell: the line is dropped, and can be yanked.
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
        return { kind: 'turn', to: 'previous' };
      case 'n':
        return { kind: 'turn', to: 'next' };
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

  #meta(name: string | undefined, killing: boolean): EditAction | undefined {
    if (name !== undefined && /^\d$/.test(name)) return { kind: 'turn', to: Number(name) || 10 };
    if (name === 'a') return { kind: 'turn', to: 'active' };
    if (name === 'b' || name === 'left') this.#moveTo(this.#wordBefore());
    else if (name === 'f' || name === 'right') this.#moveTo(this.#wordAfter());
    else if (name === 'backspace') this.#kill(this.#wordBefore(), this.#before.length, killing);
    else if (name === 'd') this.#kill(this.#before.length, this.#wordAfter(), killing);
    return undefined;
  }

  /** Kills a part of the line at the cursor, for a yank. @param more whether to add it to the previous kill */
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

  /** The index where the last characters of a text start. */
  #lastOf(text: string, count: number): number {
    return charactersOf(text).slice(0, -count).join('').length;
  }

  /** The index where the first character of a text ends. */
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
