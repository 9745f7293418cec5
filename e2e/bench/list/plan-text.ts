export interface Plan {
  /** As the service issued it. */
  statement: string;
  /** Without what differs from run to run. */
  text: string;
  /** Statement and plan without numbers and values: what tells one plan from another. */
  shape: string;
}

const hotTable = 'outbox_email';
const sideTables = ['listed_email', 'email_team', 'email_search', 'email_content', 'email_recipient'];
const longestLine = 240;

/** Of what auto_explain says; `null` when it is something else. */
export function readPlan(notice: string): Plan | null {
  const [, query, plan] =
    /Query Text: ([\s\S]*?)\n((?:[A-Z][\w -]*)(?: on | using |  \()[\s\S]*)$/.exec(notice) ?? [];
  if (query === undefined || plan === undefined) return null;
  const lines = plan
    .replaceAll(/ +\(cost=[^)]*\)/g, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '…')
    .replaceAll(/'\{[^'{}]{20,}\}'/g, `'{…}'`)
    .split('\n')
    .filter((line) => !changing.test(line))
    .map((line) => line.trimEnd())
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  const statement = query
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
  const text = lines.join('\n');
  const shape = `${statement}\n${text.replaceAll(/actual [^)]*|'[^']*'|\d+/g, '')}`;
  return { statement, text, shape };
}

/** Lines that say how much, not how. */
const changing =
  /^\s*(Buffers|Planning|I\/O Timings|Sort Method|Heap Fetches|Memory|Buckets|Batches|Storage|Index Searches|Worker \d|Workers|Cache|Hits)\b/;

/** The hot table, which every change of state writes to, is read from end to end. */
export function scansHotTable({ text }: Pick<Plan, 'text'>): boolean {
  return scans(text, hotTable);
}

/** Tables beside the hot one that are read from end to end. */
export function scannedSideTables({ text }: Pick<Plan, 'text'>): string[] {
  return sideTables.filter((table) => scans(text, table));
}

/** What was planned and not carried out does not count. */
function scans(text: string, table: string): boolean {
  return new RegExp(`Seq Scan on (\\w+\\.)?${table}\\b(?!.*never executed)`).test(text);
}
