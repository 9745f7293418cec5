import { readProcessorTimes, spentBetween, type ProcessorTimes } from '../processor-time.ts';
import { say } from '../report.ts';
import type { HttpReader, TimedAnswer } from './http-reader.ts';
import { latencyOf, type Latency } from './latency.ts';
import { queryOf, type ListCase } from './list-cases.ts';
import { readerAt, type Reader, type ReaderKind } from './readers.ts';

export interface ProcessorMs {
  api: number;
  postgres: number;
}

export interface MeasuredCases {
  cases: Record<string, Latency>;
  /** The same for views of more than 100,000 emails, where a case has such readers. */
  wide: Record<string, Latency>;
  /** Of the api and PostgreSQL for a request, whatever else the machine was doing. */
  processorMs: Record<string, ProcessorMs>;
  byReader: Record<string, Partial<Record<ReaderKind, Latency & { total: number }>>>;
}

const warmUps = 2;

/** Asks for every case in turn, one request at a time. */
export async function measureCases(
  http: HttpReader,
  cases: readonly ListCase[],
  samples: number,
): Promise<MeasuredCases> {
  const measured: MeasuredCases = { cases: {}, wide: {}, processorMs: {}, byReader: {} };
  for (const listCase of cases) {
    const times = new Map<ReaderKind, number[]>();
    const totals = new Map<ReaderKind, number>();
    const before = readProcessorTimes(() => undefined);
    const narrow = await measure(http, listCase, listCase.readers, samples * listCase.weight, times, totals);
    measured.cases[listCase.name] = latencyOf(narrow);
    measured.processorMs[listCase.name] = processorMs(
      before,
      narrow.length + warmUps * listCase.readers.length,
    );
    if (listCase.wide.length > 0) {
      const wide = await measure(http, listCase, listCase.wide, Math.ceil(samples / 2), times, totals);
      measured.wide[listCase.name] = latencyOf(wide);
    }
    const byReader = [...times].map(([kind, own]) => [
      kind,
      { ...latencyOf(own), total: totals.get(kind) ?? 0 },
    ]);
    measured.byReader[listCase.name] = Object.fromEntries(byReader) as MeasuredCases['byReader'][string];
    sayCase(listCase.name, measured);
  }
  return measured;
}

async function measure(
  http: HttpReader,
  listCase: ListCase,
  kinds: readonly ReaderKind[],
  samples: number,
  times: Map<ReaderKind, number[]>,
  totals: Map<ReaderKind, number>,
): Promise<number[]> {
  const all: number[] = [];
  for (let n = -warmUps * kinds.length; n < samples; n += 1) {
    // Other people than those who are timed.
    const turn = n < 0 ? n + 50 * kinds.length : n;
    const reader = readerAt(kinds, turn);
    const { ms, body } = await askCase(http, listCase, reader, turn);
    if (n < 0) continue;
    all.push(ms);
    const own = times.get(reader.kind) ?? [];
    own.push(ms);
    times.set(reader.kind, own);
    totals.set(reader.kind, Math.max(totals.get(reader.kind) ?? 0, totalOf(body)));
  }
  return all;
}

/** Without this process, which asks. */
function processorMs(before: ProcessorTimes, requests: number): ProcessorMs {
  const now = readProcessorTimes(() => undefined);
  const spent = spentBetween(before, now);
  const of = (beginning: string) =>
    spent.filter(([name]) => name.startsWith(beginning)).reduce((sum, [, seconds]) => sum + seconds, 0);
  const each = (seconds: number) => Number(((seconds * 1000) / requests).toFixed(2));
  return { api: each(of('api')), postgres: each(of('postgres')) };
}

export function askCase(
  http: HttpReader,
  listCase: ListCase,
  reader: Reader,
  turn: number,
): Promise<TimedAnswer> {
  const query = queryOf(listCase, reader.kind, turn);
  return listCase.operation === 'count' ? http.count(reader.id, query) : http.list(reader.id, query);
}

/** Without parsing what is a page of rows. */
function totalOf(body: string): number {
  return Number(/"total":(\d+)/.exec(body.slice(-2000))?.[1] ?? /"total":(\d+)/.exec(body)?.[1] ?? 0);
}

function sayCase(name: string, { cases, wide, processorMs, byReader }: MeasuredCases): void {
  const show = (it: Latency | undefined) =>
    it === undefined ? '' : `${it.p50Ms?.toFixed(1).padStart(8)} ${it.p95Ms?.toFixed(1).padStart(8)}`;
  const kinds = Object.entries(byReader[name] ?? {}).map(
    ([kind, it]) => `${kind} ${it.p50Ms?.toFixed(0)}/${it.p95Ms?.toFixed(0)} (${it.total})`,
  );
  const over = wide[name] === undefined ? '' : `  wide ${show(wide[name])}`;
  say(
    `  ${name.padEnd(24)} ${show(cases[name])} cpu ${processorMs[name]?.api.toFixed(1)}+${processorMs[name]?.postgres.toFixed(1)}${over}   ${kinds.join(', ')}`,
  );
}
