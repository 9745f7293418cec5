import { outboxSortColumns } from '@portal-outbox/contracts';
import { leafMember } from '../seed/organisation.ts';
import { narrowReaders, teamLeaders, wideReaders, type ReaderKind } from './readers.ts';

/** What one reader asks for, as parameters of `GET /v1/outbox` or `/v1/outbox/count`. */
export type ListQuery = Readonly<Record<string, string>>;

export interface ListCase {
  name: string;
  operation: 'list' | 'count';
  /** The query of the n-th request. */
  query: (n: number) => ListQuery;
  readers: readonly ReaderKind[];
  /** Asked the same beside them, and reported apart: their views have more than 100,000 emails. */
  wide: readonly ReaderKind[];
  /** How many times the samples asked for. */
  weight: number;
}

const everybody = [...narrowReaders, ...wideReaders];
const list = (name: string, query: ListCase['query'], rest: Partial<ListCase> = {}): ListCase => ({
  name,
  operation: 'list',
  query,
  readers: teamLeaders,
  wide: wideReaders,
  weight: 1,
  ...rest,
});

const first = { readers: everybody, wide: [], weight: 5 };

/** Views as they open; who has access to everything uses the view of everything. */
const firstPages = [
  list('first.mine', () => ({ view: 'mine' }), { ...first, readers: ['member'] }),
  list('first.team', () => ({ view: 'team' }), { ...first, readers: [...narrowReaders, 'divisionLeader'] }),
  list('first.system', () => ({ view: 'system' }), first),
  list('first.all', () => ({ view: 'all' }), first),
];

/** Both ways in turns. */
const sorts = outboxSortColumns.map((column) =>
  list(`sort.${column}`, (n) => ({ sort: Math.floor(n / 3) % 2 === 0 ? column : `-${column}` })),
);

const oneOf = (choices: readonly string[], n: number) => choices[Math.floor(n / 3) % choices.length] ?? '';
const day = 24 * 3600 * 1000;

const filters = [
  list('filter.status', (n) => ({
    status: oneOf(['failed', 'connector_disabled', 'pending_retry', 'queued', 'failed,queued'], n),
  })),
  list('filter.cause', (n) => ({ cause: oneOf(['unknown_user', 'greylisted,try_later', 'migrated'], n) })),
  list('filter.author', (n) => ({
    author: oneOf([leafMember(0, 0), leafMember(0, 150), leafMember(1, 0), leafMember(300, 3)], n),
  })),
  list('filter.packetType', (n) => ({ packetType: oneOf(['ticket', 'case', 'action,case'], n) })),
  list('filter.importance', (n) => ({ importance: oneOf(['high', 'low', 'normal'], n) })),
  list('filter.systemGenerated', (n) => ({ systemGenerated: oneOf(['true', 'false'], n) })),
  list('filter.hasAttachments', (n) => ({ hasAttachments: oneOf(['true', 'false'], n) })),
  list('filter.submitted', (n) => ({
    submittedFrom: new Date(Date.now() - (2 + (n % 20)) * day).toISOString(),
    submittedTo: new Date(Date.now() - (1 + (n % 20)) * day).toISOString(),
  })),
  list('filter.several', (n) => ({
    status: oneOf(['failed', 'pending_retry'], n),
    importance: 'normal',
    hasAttachments: 'true',
    sort: oneOf(['-submittedAt', 'subject', 'nextAttemptAt'], n),
  })),
];

/** Rare and frequent words, of every part that is searched; the last ones match nothing. */
const searches = [
  '271828',
  'facture',
  'håkansson',
  'customer4711@customer7.test',
  'T-12345',
  'greylisted',
  'elodie petit',
  'needs your signature',
  'zzzqqq',
];

/** @param connectorIds of the portal, by falling share */
export function listCases(connectorIds: readonly string[]): ListCase[] {
  return [
    ...firstPages,
    ...sorts.map((it) => inView(it)),
    ...[
      ...filters,
      list('filter.connector', (n) => ({ connector: oneOf(connectorIds, n) })),
      list('search', (n) => ({ search: oneOf(searches, n) }), { weight: 3 }),
    ].map((it) => inView(it)),
    ...(['mine', 'team', 'all'] as const).map((view) =>
      list(`count.${view}`, () => ({ view }), {
        operation: 'count',
        readers: view === 'mine' ? ['member'] : narrowReaders,
        wide: view === 'mine' ? [] : wideReaders,
        weight: 3,
      }),
    ),
  ];
}

/** Narrow readers ask in their team's view; a division's leader too, who has access to everything in the view of everything. */
function inView(listCase: ListCase): ListCase {
  return { ...listCase, query: (n) => ({ view: 'team', ...listCase.query(n) }) };
}

/** Who has access to everything need not have a team. */
export function queryOf(listCase: ListCase, kind: ReaderKind, n: number): ListQuery {
  const query = listCase.query(n);
  return kind === 'everything' && query['view'] === 'team' ? { ...query, view: 'all' } : query;
}
