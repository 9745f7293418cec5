import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { BulkOperation } from '@portal-outbox/contracts';
import { projectFolder } from '../../stack/service-process.ts';
import { HttpReader } from '../list/http-reader.ts';
import type { Latency } from '../list/latency.ts';
import { startSeededPortal, type RunningPortal } from '../list/start-seeded-portal.ts';
import { firstWithAllAccess, userId } from '../seed/organisation.ts';
import { readProcessorTimes, spentBetween } from '../processor-time.ts';
import { say } from '../report.ts';
import { median, rounded } from '../summarise.ts';
import { bulkUsage, readBulkOptions } from './bulk-options.ts';
import { failAgain, rememberFailed } from './failed-emails.ts';
import { idleList, listWhile } from './list-meanwhile.ts';

/** Of a seeded outbox, what one retry of everything that has failed is carried out on. */
const retriedShare = 0.35;

interface Run {
  answeredMs: number;
  rowsPerSecond: number;
  /** Of the api and PostgreSQL for an email, pages that were read meanwhile included. */
  processorMs: number;
  list: Latency;
  operation: BulkOperation;
}

/** `npm run bench -- bulk`; returns the exit code. */
export async function benchBulk(words: string[]): Promise<number> {
  const options = readBulkOptions(words);
  if (options === 'help') {
    console.log(bulkUsage);
    return 0;
  }
  if (options.build) {
    say('npm run build');
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  }
  const emails = Math.ceil(options.rows / retriedShare);
  say(`An outbox of ${emails.toLocaleString('en')} emails`);
  const portal = await startSeededPortal({ rows: emails });
  try {
    console.log(JSON.stringify(await measure(portal, options.rows, options.runs)));
    return 0;
  } finally {
    await portal.stop();
  }
}

async function measure(portal: RunningPortal, rows: number, runs: number) {
  const { sql, stack } = portal;
  const owner = new HttpReader(stack.serviceUrl, stack.portal);
  const reader = new HttpReader(stack.serviceUrl, stack.portal);
  try {
    await rememberFailed(sql);
    const retries: Run[] = [];
    const idle: number[] = [];
    for (let number = 1; number <= runs; number += 1) {
      idle.push((await idleList(reader)).p95Ms ?? 0);
      retries.push(
        await run(owner, reader, `retry ${number}`, () =>
          ask(owner, '/v1/bulk', {
            action: 'retry',
            query: { view: 'all', filter: { status: ['failed'] } },
            acceptDuplicate: true,
          }),
        ),
      );
      await failAgain(sql);
    }
    const cancel = await run(owner, reader, 'cancel', () =>
      ask(owner, '/v1/bulk', { action: 'cancel', query: { view: 'all', filter: { status: ['failed'] } } }),
    );
    const undo = await run(owner, reader, 'undo', () =>
      ask(owner, `/v1/bulk/${cancel.operation.id}/undo`, {}),
    );
    const of = (value: (it: Run) => number) => rounded(median(retries.map(value)));
    const listP95IdleMs = rounded(median(idle));
    const listP95DuringMs = of((it) => it.list.p95Ms ?? Infinity);
    const answeredMs = of((it) => it.answeredMs);
    const rowsPerSecond = of((it) => it.rowsPerSecond);
    return {
      name: 'bulk',
      rows,
      answeredMs,
      rowsPerSecond,
      listP95IdleMs,
      listP95DuringMs,
      retries: retries.map(summary),
      cancel: summary(cancel),
      undo: summary(undo),
      loadAverage: loadavg()[0],
      processors: cpus().length,
      goals: {
        'answered within 200 ms': answeredMs === null ? null : answeredMs <= 200,
        'at least 10,000 rows a second': rowsPerSecond === null ? null : rowsPerSecond >= 10_000,
        'list p95 meanwhile at most 3 times that on an idle system':
          listP95DuringMs === null || listP95IdleMs === null ? null : listP95DuringMs <= 3 * listP95IdleMs,
      },
    };
  } finally {
    owner.close();
    reader.close();
  }
}

/** Has access to everything. */
const ownerId = userId(firstWithAllAccess);

async function run(
  owner: HttpReader,
  reader: HttpReader,
  what: string,
  begin: () => Promise<{ ms: number; operation: BulkOperation }>,
): Promise<Run> {
  const begun = { ms: 0, id: '' };
  let operation: BulkOperation | null = null;
  const before = readProcessorTimes(() => undefined);
  const list = await listWhile(reader, async () => {
    const first = await begin();
    begun.ms = first.ms;
    operation = await untilDone(owner, first.operation.id);
  });
  if (operation === null) throw new Error('The operation has no end.');
  const done = operation as BulkOperation;
  const seconds = (Date.parse(done.endedAt ?? '') - Date.parse(done.createdAt)) / 1000;
  const rowsPerSecond = done.done / seconds;
  const spent = spentBetween(
    before,
    readProcessorTimes(() => undefined),
  ).filter(([name]) => name !== 'bench');
  const processorMs = (spent.reduce((sum, [, it]) => sum + it, 0) * 1000) / done.done;
  say(
    `  ${what}: answered in ${begun.ms.toFixed(0)} ms, ${done.done} of ${done.matched} in ${seconds.toFixed(1)} s, ${rowsPerSecond.toFixed(0)}/s, ${processorMs.toFixed(3)} ms of processor each, list ${list.p50Ms} ${list.p95Ms} (${list.samples}), load average ${loadavg()[0]?.toFixed(1)}`,
  );
  return { answeredMs: begun.ms, rowsPerSecond, processorMs, list, operation: done };
}

/** Between two looks at an operation: seldom enough not to be part of what is measured. */
const waitMs = 200;

async function untilDone(owner: HttpReader, id: string): Promise<BulkOperation> {
  for (;;) {
    const { body } = await owner.ask(ownerId, 'GET', `/v1/bulk/${id}`);
    const operation = JSON.parse(body) as BulkOperation;
    if (operation.state === 'done') return operation;
    await pause(waitMs);
  }
}

async function ask(owner: HttpReader, path: string, body: object) {
  const answer = await owner.ask(ownerId, 'POST', path, body);
  return { ms: answer.ms, operation: JSON.parse(answer.body) as BulkOperation };
}

function summary({ answeredMs, rowsPerSecond, processorMs, list, operation }: Run) {
  const { matched, done, skipped } = operation;
  return {
    answeredMs: rounded(answeredMs),
    rowsPerSecond: rounded(rowsPerSecond),
    processorMs: rounded(processorMs, 3),
    list,
    matched,
    done,
    skipped,
  };
}
