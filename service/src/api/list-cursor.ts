import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { ListPlace } from '../db/list-places.ts';

/** Where a page lies. `row` is the place, from 1, of the row that it begins after or ends before. */
export type CursorPlace =
  | { kind: 'after'; place: ListPlace; row: number }
  | { kind: 'before'; place: ListPlace; row: number }
  | { kind: 'last' };

const place = {
  /** Its keys; none: it is among those without a value. */
  k: v.nullable(v.array(v.string())),
  i: v.pipe(v.string(), v.uuid()),
  r: v.number(),
};
const contents = v.variant('d', [
  v.object({ d: v.literal('after'), ...place }),
  v.object({ d: v.literal('before'), ...place }),
  v.object({ d: v.literal('last') }),
]);

/**
 * Opaque and signed; `boundTo` names caller, view, sort and filter, so that it serves no other list.
 */
export function writeCursor(key: Buffer, boundTo: string, cursor: CursorPlace): string {
  const text = JSON.stringify(
    cursor.kind === 'last'
      ? { d: 'last' }
      : {
          d: cursor.kind,
          k: cursor.place.empty ? null : cursor.place.keys,
          i: cursor.place.id,
          r: cursor.row,
        },
  );
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
  if (parsed.d === 'last') return { kind: 'last' };
  return {
    kind: parsed.d,
    place: { empty: parsed.k === null, keys: parsed.k ?? [], id: parsed.i },
    row: parsed.r,
  };
}

function sign(key: Buffer, boundTo: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${boundTo}\n${text}`).digest().subarray(0, 16);
}
