import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { ListPosition } from '../db/list-emails.ts';

const contents = v.object({
  /** `n`: the page after; `p`: the page before. */
  d: v.picklist(['n', 'p']),
  t: v.pipe(v.string(), v.regex(/^\d{1,17}$/)),
  i: v.pipe(v.string(), v.uuid()),
});

/** A place in a list, or the page before it. */
export type CursorPlace = { after: ListPosition } | { before: ListPosition };

/** Opaque and signed; `boundTo` names caller, view and order, so that it serves no other list. */
export function writeCursor(key: Buffer, boundTo: string, place: CursorPlace): string {
  const [direction, position] = 'after' in place ? ['n', place.after] : ['p', place.before];
  const text = JSON.stringify({ d: direction, t: position.submittedAtMicros, i: position.id });
  return `${Buffer.from(text).toString('base64url')}.${sign(key, boundTo, text).toString('base64url')}`;
}

/** `null` when the cursor is not one of ours for this list. */
export function readCursor(key: Buffer, boundTo: string, cursor: string): CursorPlace | null {
  const [encoded = '', signature = ''] = cursor.split('.');
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  const expected = sign(key, boundTo, text);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parsed = v.parse(contents, JSON.parse(text));
  const position = { submittedAtMicros: parsed.t, id: parsed.i };
  return parsed.d === 'n' ? { after: position } : { before: position };
}

function sign(key: Buffer, boundTo: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${boundTo}\n${text}`).digest().subarray(0, 16);
}
