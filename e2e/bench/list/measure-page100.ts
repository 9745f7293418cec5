import type { HttpReader } from './http-reader.ts';
import { latencyOf, type Latency } from './latency.ts';
import { readerAt, type ReaderKind } from './readers.ts';

const pages = 100;
const limit = '50';

export interface Page100 {
  page100: Latency | null;
  /** The first page of the same readers, in turns with it. */
  page1: Latency | null;
}

/** Turns pages to the hundredth of a team's view, then asks for that one again and again; `null` where no view has so many. */
export async function measurePage100(
  http: HttpReader,
  kinds: readonly ReaderKind[],
  samples: number,
): Promise<Page100> {
  const places: { id: string; cursor: string }[] = [];
  for (let turn = 0; turn < 4 * kinds.length; turn += 1) {
    const { id } = readerAt(kinds, turn);
    if (places.some((place) => place.id === id)) continue;
    const cursor = await cursorOf(http, id);
    if (cursor !== null) places.push({ id, cursor });
  }
  if (places.length === 0) return { page100: null, page1: null };
  const hundredth: number[] = [];
  const first: number[] = [];
  for (let n = 0; n < samples; n += 1) {
    const place = places[n % places.length];
    if (place === undefined) continue;
    const query = { view: 'team', limit };
    hundredth.push((await http.list(place.id, { ...query, cursor: place.cursor })).ms);
    first.push((await http.list(place.id, query)).ms);
  }
  return { page100: latencyOf(hundredth), page1: latencyOf(first) };
}

/** The cursor that leads to the hundredth page. */
async function cursorOf(http: HttpReader, id: string): Promise<string | null> {
  let cursor: string | null = null;
  for (let page = 1; page < pages; page += 1) {
    const query = { view: 'team', limit, ...(cursor !== null && { cursor }) };
    const { body } = await http.list(id, query);
    cursor = (JSON.parse(body) as { next: string | null }).next;
    if (cursor === null) return null;
  }
  return cursor;
}
