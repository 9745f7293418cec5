import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { projectFolder } from '../../stack/service-process.ts';
import { say } from '../report.ts';
import { HttpReader } from './http-reader.ts';
import type { Latency } from './latency.ts';
import { listCases } from './list-cases.ts';
import { judgeList } from './list-goals.ts';
import { isWanted, listUsage, readListOptions, type ListOptions } from './list-options.ts';
import { measureCases, type MeasuredCases } from './measure-cases.ts';
import { measureMoves, type Moves } from './measure-moves.ts';
import { measurePage100 } from './measure-page100.ts';
import { collectPlans, Notices, findScans, writePlans } from './query-plans.ts';
import { narrowReaders, wideReaders } from './readers.ts';
import { startSeededPortal, type RunningPortal } from './start-seeded-portal.ts';
import { createTextbook, measureTextbook, measureTextbookMove } from './textbook.ts';

/** `npm run bench -- list`; returns the exit code: 1 when the hot table of a large outbox is read from end to end. */
export async function benchList(words: string[]): Promise<number> {
  const options = readListOptions(words);
  if (options === 'help') {
    console.log(listUsage);
    return 0;
  }
  if (options.build) {
    say('npm run build');
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  }
  const small = options.smallRows === 0 ? null : await measureSmall(options);
  const large = await measureLarge(options);
  const measured = {
    rows: options.rows,
    small: small?.cases ?? null,
    large: large.cases,
    above100k: large.wide,
    page1OfPage100: large.page1,
    sequentialScans: large.scans?.hot ?? null,
  };
  const goals = judgeList(measured);
  for (const [goal, reached] of Object.entries(goals)) {
    if (reached !== null) say(`${reached ? 'reached' : 'MISSED '}  ${goal}`);
  }
  const result = {
    name: 'list',
    ...measured,
    textbook: large.textbook,
    moves: { small: small?.moves ?? null, large: large.moves },
    byReader: large.byReader,
    processorMs: large.processorMs,
    sideTableScans: large.scans?.beside ?? null,
    loadAverage: loadavg()[0],
    processors: cpus().length,
    goals,
  };
  console.log(JSON.stringify(result));
  const scanned = large.scans !== null && large.scans.hot.length > 0;
  return scanned && options.rows >= 1_000_000 ? 1 : 0;
}

interface Measured extends Omit<MeasuredCases, 'cases'> {
  cases: Record<string, Latency | null>;
  page1: Latency | null;
  moves: Moves | null;
}

async function measureSmall(options: ListOptions): Promise<Measured> {
  say(`An outbox of ${options.smallRows.toLocaleString('en')} emails`);
  const portal = await startSeededPortal({ rows: options.smallRows });
  try {
    return await measurePortal(portal, options);
  } finally {
    await portal.stop();
  }
}

async function measureLarge(options: ListOptions) {
  say(`An outbox of ${options.rows.toLocaleString('en')} emails`);
  const notices = new Notices();
  const portal = await startSeededPortal({ rows: options.rows, onNotice: notices.hear });
  try {
    const plans = options.plans ? await collectPlans(portal, notices, wantedCases(portal, options)) : null;
    if (plans !== null && options.writePlans) await writePlans(plans, options.rows);
    const measured = await measurePortal(portal, options);
    return {
      ...measured,
      textbook: options.textbook ? await textbookOf(portal, options) : {},
      scans: plans === null ? null : findScans(plans),
    };
  } finally {
    await portal.stop();
  }
}

function wantedCases(portal: RunningPortal, options: ListOptions) {
  const connectorIds = portal.connectors.map((it) => it.id);
  return listCases(connectorIds).filter((it) => isWanted(options, it.name));
}

async function measurePortal(portal: RunningPortal, options: ListOptions): Promise<Measured> {
  const { stack } = portal;
  const http = new HttpReader(stack.serviceUrl, stack.portal);
  say(`  load average ${loadavg()[0]?.toFixed(1)}`);
  try {
    const measured = await measureCases(http, wantedCases(portal, options), options.samples);
    const pages = isWanted(options, 'page100.team')
      ? await measurePage100(http, [...narrowReaders, wideReaders[0]], options.samples)
      : null;
    if (pages?.page100 != null)
      say(
        `  page100.team             ${pages.page100?.p50Ms} ${pages.page100?.p95Ms}, page 1 ${pages.page1?.p95Ms}`,
      );
    const moves = isWanted(options, 'move.user5000')
      ? await measureMoves(portal.sql, stack, portal, Math.ceil(options.samples / 3))
      : null;
    return {
      ...measured,
      cases: {
        ...measured.cases,
        ...(pages !== null && { 'page100.team': pages.page100 }),
        ...(moves !== null && { 'move.user5000': moves.move }),
      },
      page1: pages?.page1 ?? null,
      moves,
    };
  } finally {
    http.close();
  }
}

async function textbookOf({ sql, portalId, ...portal }: RunningPortal, options: ListOptions) {
  await createTextbook(sql);
  const measured = await measureTextbook(sql, portalId, wantedCases({ sql, portalId, ...portal }, options));
  return { ...measured, 'move.user5000': await measureTextbookMove(sql, portalId) };
}
