import { createHash } from 'node:crypto';
import { cleanLines, roomAsTyped, spokenBy } from 'chatserv';
import type { AccountRecord, ExportRecord, MessageRecord, RoomRecord } from './records.ts';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 0.5rem; }
article, .event { margin: 0.75rem 0; }
article p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
time, small, .event { color: GrayText; font-size: 0.85rem; }
dt { font-weight: bold; }
dd { overflow-wrap: anywhere; }
:target { outline: 2px solid; outline-offset: 0.25rem; }
`;

/** What the page may load: its own style, and nothing else. */
export const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text between tags or in an attribute's quotes. */
function escaped(text: string): string {
  return cleanLines(text.toWellFormed()).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A record as part of a self-contained page. */
export function htmlOf(record: ExportRecord): string {
  switch (record.type) {
    case 'export':
      return opening(record.of, record.time);
    case 'account':
      return aboutAccount(record);
    case 'room':
      return aboutRoom(record);
    case 'member':
      return `<div class="event">${name(record.name)} ${escaped(record.role)}</div>\n`;
    case 'message':
      return message(record);
    case 'entry':
      return record.line === undefined ? '' : event(record.line, record.time);
    case 'end':
      return `<hr><p><small>${record.messages} messages. This is the end of the export.</small></p>\n</body></html>\n`;
  }
}

function opening(of: string, time: string): string {
  const title = escaped(`${of}, ${time.slice(0, 10)}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head><body>
<h1 dir="auto">${title}</h1>
<p><small>All times are UTC.</small></p>
`;
}

function aboutAccount({ registered, lastOnline, roles, devices, settings }: AccountRecord): string {
  const rows: [string, string][] = [
    ['Registered', minuteOf(registered)],
    ['Last online', lastOnline === undefined ? '' : minuteOf(lastOnline)],
    ['Roles', roles.join(', ')],
    ...devices.map(({ name: device, seen }): [string, string] => [
      `Device ${device}`,
      seen === undefined ? 'never seen' : `last seen ${minuteOf(seen)}`,
    ]),
    ...Object.entries(settings).map(([key, value]): [string, string] => [key, JSON.stringify(value)]),
  ];
  return list(rows);
}

function aboutRoom(room: RoomRecord): string {
  const { topic = '', access = '', posting = '', slow = 0, archived = false, role = '' } = room;
  const rows: [string, string][] = [
    ['Topic', topic],
    ['Access', access],
    ['Posting', posting],
    ['Slow mode', slow > 0 ? `${slow} s` : ''],
    ['Archived', archived ? 'yes' : ''],
    ['Your role', role],
  ];
  return `<h2 dir="auto">${escaped(roomAsTyped(room))}</h2>\n${list(rows)}`;
}

/** A list of those rows that are not empty. */
function list(rows: readonly (readonly [string, string])[]): string {
  const shown = rows.filter(([, value]) => value !== '');
  if (shown.length === 0) return '';
  return `<dl>${shown.map(([key, value]) => `<dt>${escaped(key)}</dt><dd dir="auto">${escaped(value)}</dd>`).join('')}</dl>\n`;
}

function message({ id, from, time, text, form, deleted, reply, changes = [] }: MessageRecord): string {
  const edits = changes.filter(({ kind }) => kind === 'edit');
  const others = changes.filter(({ kind, line }) => kind !== 'edit' && line !== undefined);
  const answered = reply === undefined ? '' : ` <small><a href="#m${reply}">in reply to</a></small>`;
  const edited = edits.length === 0 ? '' : ` <small>edited ${minuteOf(edits.at(-1)?.time ?? time)}</small>`;
  const said = deleted
    ? '<small>deleted message</small>'
    : escaped(form === 'action' ? spokenBy(from, text, true) : text);
  return `<article id="m${id}">${name(from)} ${at(time)}${answered}${edited}<p dir="auto">${said}</p>${others
    .map(({ line = '', time: then }) => event(line, then).trimEnd())
    .join('')}</article>\n`;
}

function event(line: string, time: string): string {
  return `<div class="event" dir="auto">${escaped(line)} ${at(time)}</div>\n`;
}

function name(text: string): string {
  return `<b dir="auto">${escaped(text)}</b>`;
}

function at(time: string): string {
  return `<time datetime="${escaped(time)}">${minuteOf(time)}</time>`;
}

/** A time to the minute: `2026-11-23 20:15`. */
function minuteOf(time: string): string {
  return escaped(time.slice(0, 16).replace('T', ' '));
}
