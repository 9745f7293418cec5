import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../report.ts';
import { eventually } from '../../stack/eventually.ts';
import { HttpReader } from './http-reader.ts';
import type { ListCase } from './list-cases.ts';
import { askCase } from './measure-cases.ts';
import { readPlan, scannedSideTables, scansHotTable, type Plan } from './plan-text.ts';
import { readerAt, type ReaderKind } from './readers.ts';
import type { RunningPortal } from './start-seeded-portal.ts';

export const plansFolder = join(import.meta.dirname, 'plans');

export interface CasePlans {
  name: string;
  kind: ReaderKind;
  plans: Plan[];
}

/** PostgreSQL's words while plans are collected. */
export class Notices {
  #texts: string[] = [];
  readonly hear = (text: string): void => {
    this.#texts.push(text);
  };

  take(): string[] {
    return this.#texts.splice(0);
  }

  get length(): number {
    return this.#texts.length;
  }
}

/** Values of a case change every third request: so many different ones, more where a case has more of them. */
const choices = 3;

/** Lets PostgreSQL explain each statement of the service to it, as really issued, and asks for every case. */
export async function collectPlans(
  { sql, stack }: RunningPortal,
  notices: Notices,
  cases: readonly ListCase[],
): Promise<CasePlans[]> {
  const database = new URL(stack.databaseUrl).pathname.slice(1);
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_level': 'notice',
    'auto_explain.log_parameter_max_length': '0',
  };
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter database ${database} set ${name} = '${value}'`);
  await stack.api.restart();
  const http = new HttpReader(stack.serviceUrl, stack.portal);
  const collected: CasePlans[] = [];
  try {
    for (const listCase of cases) {
      for (const kind of [...listCase.readers, ...listCase.wide]) {
        const plans = new Map<string, Plan>();
        for (let choice = 0; choice < choices * listCase.weight; choice += 1) {
          notices.take();
          await askCase(http, listCase, readerAt([kind], choice), choice * 3);
          await eventually('plans', () => (notices.length > 0 ? true : null));
          for (const plan of notices.take().map(readPlan)) if (plan !== null) plans.set(plan.shape, plan);
        }
        collected.push({ name: listCase.name, kind, plans: [...plans.values()] });
      }
    }
  } finally {
    http.close();
    for (const name of Object.keys(settings)) await sql.unsafe(`alter database ${database} reset ${name}`);
    await stack.api.restart();
  }
  return collected;
}

export interface Scans {
  /** Names of the cases in which the hot table is read from end to end. */
  hot: string[];
  /** The same of tables beside it, by table. */
  beside: Record<string, string[]>;
}

export function findScans(collected: readonly CasePlans[]): Scans {
  const hot = new Set<string>();
  const beside: Record<string, string[]> = {};
  for (const { name, kind, plans } of collected) {
    if (plans.some(scansHotTable)) {
      say(`  SEQUENTIAL SCAN of the hot table: ${name}, ${kind}`);
      hot.add(name);
    }
    for (const table of new Set(plans.flatMap(scannedSideTables)))
      beside[table] = [...new Set([...(beside[table] ?? []), name])];
  }
  return { hot: [...hot], beside };
}

/**
 * A file for each case: its statements, each with its plans and whose they are. What every request asks the directory is in a
 * file of its own. Those of earlier runs go.
 */
export async function writePlans(collected: readonly CasePlans[], rows: number): Promise<void> {
  await mkdir(plansFolder, { recursive: true });
  for (const file of await readdir(plansFolder)) await rm(join(plansFolder, file));
  const head = `Plans of statements as the service issued them, ${rows.toLocaleString('en')} emails.`;
  const cases = [...new Set(collected.map(({ name }) => name))];
  const everywhere = statementsOf(collected).filter((statement) =>
    cases.every((name) => statementsOf(collected.filter((it) => it.name === name)).includes(statement)),
  );
  const shared = cases.length > 1 ? everywhere : [];
  const write = (name: string, of: readonly CasePlans[], statements: readonly string[]) =>
    writeFile(
      join(plansFolder, `${name}.txt`),
      [head, ...statements.map((statement) => plansText(of, statement))].join('\n\n'),
    );
  if (shared.length > 0) await write('every-request', collected, shared);
  for (const name of cases) {
    const own = collected.filter((it) => it.name === name);
    await write(
      name,
      own,
      statementsOf(own).filter((statement) => !shared.includes(statement)),
    );
  }
}

function statementsOf(collected: readonly CasePlans[]): string[] {
  return [...new Set(collected.flatMap(({ plans }) => plans.map((plan) => plan.statement)))];
}

/** Each form of plan once, as the first reader met it. */
function plansText(collected: readonly CasePlans[], statement: string): string {
  const forms = new Map<string, { text: string; kinds: Set<ReaderKind> }>();
  for (const { kind, plans } of collected) {
    for (const { text, shape } of plans.filter((plan) => plan.statement === statement)) {
      const form = forms.get(shape) ?? { text, kinds: new Set() };
      form.kinds.add(kind);
      forms.set(shape, form);
    }
  }
  const texts = [...forms.values()].map(({ text, kinds }) => `-- ${[...kinds].join(', ')}\n${text}\n`);
  return `${'='.repeat(80)}\n${statement}\n\n${texts.join('\n')}`;
}
