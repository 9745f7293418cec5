import { expect, it } from 'vitest';
import { readPlan, scannedSideTables, scansHotTable } from './plan-text.ts';

const notice = (rows: number, table: string) => `duration: 12.3 ms  plan:
Query Text: 
    select *
    from outbox_email e
    where portal_id = $1
Limit  (cost=0.42..12.34 rows=51 width=99) (actual rows=${rows}.00 loops=1)
  Buffers: shared hit=${rows}
  ->  Parallel Seq Scan on ${table} e  (cost=0.42..12.34 rows=51 width=99) (actual rows=${rows}.00 loops=1)
        Filter: (portal_id = '0b9e7f5c-58ab-4aa5-9f1a-0f3ce4b00c11'::uuid)`;

it('keeps statement and plan, without what differs from run to run', () => {
  expect(readPlan(notice(51, 'outbox_email'))).toMatchObject({
    statement: 'select *\nfrom outbox_email e\nwhere portal_id = $1',
    text: [
      'Limit (actual rows=51.00 loops=1)',
      '  ->  Parallel Seq Scan on outbox_email e (actual rows=51.00 loops=1)',
      "        Filter: (portal_id = '…'::uuid)",
    ].join('\n'),
  });
});

it('tells plans apart by their form, not by their numbers', () => {
  const shape = (rows: number, table: string) => readPlan(notice(rows, table))?.shape;
  expect(shape(51, 'outbox_email')).toBe(shape(7, 'outbox_email'));
  expect(shape(51, 'outbox_email')).not.toBe(shape(51, 'connector'));
});

it('finds the hot table read from end to end, and no other', () => {
  const scans = (table: string) => scansHotTable(readPlan(notice(1, table)) ?? { text: '' });
  expect(['outbox_email', 'public.outbox_email'].map(scans)).toEqual([true, true]);
  expect(['connector', 'outbox_email_settings', 'email_team'].map(scans)).toEqual([false, false, false]);
  expect(scansHotTable({ text: 'Seq Scan on outbox_email e (never executed)' })).toBe(false);
  expect(scannedSideTables({ text: notice(1, 'email_team') })).toEqual(['email_team']);
  expect(readPlan('something else is worth a notice')).toBeNull();
});
