import type { MessageKey } from '../i18n/messages-en.ts';
import {
  failureCell,
  nextAttemptCell,
  packetCell,
  sendCountCell,
  statusCell,
  subjectCell,
  toCell,
  type Cell,
} from './cells.ts';

export interface Column {
  id: string;
  label: MessageKey;
  /**
   * A track of CSS grid; never sized by content, so that header and rows agree. `cqi` is a hundredth of the
   * grid's width: all columns stay in sight down to the width at which rows become cards.
   */
  width: string;
  cell: Cell;
  align?: 'end';
}

export const columns: readonly Column[] = [
  { id: 'to', label: 'columnTo', width: 'minmax(9cqi, 1.4fr)', cell: toCell },
  { id: 'subject', label: 'columnSubject', width: 'minmax(13cqi, 2.3fr)', cell: subjectCell },
  {
    id: 'status',
    label: 'columnStatus',
    width: 'clamp(7.5rem, 16cqi, 10.5rem)',
    cell: statusCell,
  },
  { id: 'failure', label: 'columnFailure', width: 'minmax(10cqi, 2.3fr)', cell: failureCell },
  {
    id: 'next',
    label: 'columnNextAttempt',
    width: 'clamp(4.25rem, 10cqi, 6.5rem)',
    cell: nextAttemptCell,
  },
  {
    id: 'packet',
    label: 'columnPacket',
    width: 'clamp(4.5rem, 7.5cqi, 6rem)',
    cell: packetCell,
  },
  {
    id: 'count',
    label: 'columnSendCount',
    width: 'clamp(2.75rem, 5.25cqi, 5rem)',
    cell: sendCountCell,
    align: 'end',
  },
];

export const actionsWidth = '3.75rem';
