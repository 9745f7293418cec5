import { setTimeout as pause } from 'node:timers/promises';
import type { HttpReader } from '../list/http-reader.ts';
import { latencyOf, type Latency } from '../list/latency.ts';
import { narrowReaders, readerAt } from '../list/readers.ts';

/** Between an answer and the next request: people read what they have asked for. */
const pauseMs = 20;
/** Long enough for some hundred requests, of which the slowest twentieth says something. */
const idleMs = 5000;

/** First pages of different people's teams, one at a time, on a system that has nothing else to do. */
export function idleList(http: HttpReader): Promise<Latency> {
  return listWhile(http, () => pause(idleMs));
}

/** The same until `work` is done. */
export async function listWhile(http: HttpReader, work: () => Promise<void>): Promise<Latency> {
  const times: number[] = [];
  let isOver = false;
  const working = work().finally(() => (isOver = true));
  for (let turn = 0; !isOver; turn += 1) {
    const { id } = readerAt(narrowReaders, turn);
    times.push((await http.list(id, { view: 'team' })).ms);
    await pause(pauseMs);
  }
  await working;
  return latencyOf(times);
}
