import { Lexer, type Token } from 'marked';

/** A part of a text. */
export type Part =
  | { readonly kind: 'text' | 'code' | 'block'; readonly text: string }
  | { readonly kind: 'bold'; readonly parts: readonly Part[] };

/** Texts without these have no marks, and need no parser. */
const MARKS = /[`*]/;

/**
 * Finds code in backquotes and bold between two asterisks. All else is text, as it was written: what a message says must
 * not depend on who knows which marks.
 */
export function marked(text: string): readonly Part[] {
  if (!MARKS.test(text)) return [{ kind: 'text', text }];
  return partsOf(Lexer.lexInline(text, { gfm: false }));
}

function partsOf(tokens: readonly Token[]): Part[] {
  const parts: Part[] = [];
  for (const token of tokens) {
    const part = partOf(token);
    const last = parts.at(-1);
    // Addresses may stand in several tokens.
    if (part.kind === 'text' && last?.kind === 'text')
      parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
    else parts.push(part);
  }
  return parts;
}

function partOf(token: Token): Part {
  const { type, raw } = token;
  if (type === 'codespan') {
    const [, marks = '', code = ''] = /^(`+)(.*)\1$/s.exec(raw) ?? [];
    if (marks.length >= 3) return { kind: 'block', text: blockOf(code) };
    return { kind: 'code', text: code.trim() === '' ? code : code.trim() };
  }
  if (type === 'strong' && raw.startsWith('**') && token.tokens !== undefined) {
    return { kind: 'bold', parts: partsOf(token.tokens) };
  }
  return { kind: 'text', text: raw };
}

/** The lines of a block, without those of its marks and the name of its language. */
function blockOf(code: string): string {
  const lines = code.replace(/^[\w+#-]*\n/, '').trimEnd();
  return lines.includes('\n') ? lines : lines.trim() || code;
}
