import { htmlOf, POLICY } from './html.ts';
import type { ExportRecord } from './records.ts';

/** The formats of an export. */
export const FORMATS = ['html', 'jsonl'] as const;

export type Format = (typeof FORMATS)[number];

/** How a format is written and served. */
interface FormatSpec {
  readonly type: string;
  readonly policy: string;
  write(record: ExportRecord): string;
}

/** Characters that JSON leaves as they are, and some programs take for a line end or obey. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

export const FORMAT_SPECS: Readonly<Record<Format, FormatSpec>> = {
  html: { type: 'text/html; charset=utf-8', policy: `${POLICY}; frame-ancestors 'none'; sandbox`, write: htmlOf },
  jsonl: {
    type: 'application/x-ndjson; charset=utf-8',
    policy: "default-src 'none'; frame-ancestors 'none'; sandbox",
    write: (record) => `${JSON.stringify(record).replace(UNESCAPED, escapedControl)}\n`,
  },
};

function escapedControl(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
