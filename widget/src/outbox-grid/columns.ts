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
  { id: 'to', label: 'columnTo', width: 'minmax(9cqi, 1.1fr)', cell: toCell },
  { id: 'subject', label: 'columnSubject', width: 'minmax(13cqi, 2.1fr)', cell: subjectCell },
  {
    id: 'status',
    label: 'columnStatus',
    width: 'minmax(clamp(7.5rem, 17cqi, 11rem), 1.1fr)',
    cell: statusCell,
  },
  { id: 'failure', label: 'columnFailure', width: 'minmax(10cqi, 2.3fr)', cell: failureCell },
  {
    id: 'next',
    label: 'columnNextAttempt',
    width: 'minmax(clamp(4.25rem, 10.5cqi, 6.25rem), 0.7fr)',
    cell: nextAttemptCell,
  },
  {
    id: 'packet',
    label: 'columnPacket',
    width: 'minmax(clamp(4rem, 8cqi, 5.25rem), 0.6fr)',
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
