import type { OutboxSortColumn, OutboxView } from '@portal-outbox/contracts';
import type { MessageKey } from '../i18n/messages-en.ts';
import {
  attachmentCountCell,
  authorCell,
  connectorCell,
  failureCell,
  fromCell,
  importanceCell,
  nextAttemptCell,
  packetCell,
  packetTypeCell,
  sendCountCell,
  statusCell,
  subjectCell,
  systemGeneratedCell,
  timeCell,
  toCell,
  type Cell,
} from './cells.ts';

export interface Column {
  /** The name that also sorts the list and stands in the user's preferences. */
  id: OutboxSortColumn;
  label: MessageKey;
  /**
   * How narrow it may be, and its share of the room that is left; never sized by content, so that header and rows
   * agree. `cqi` is a hundredth of the grid's width: the usual columns fit down to the width at which rows become cards.
   */
  least: string;
  share: number;
  cell: Cell;
  /** Class of its cells. */
  align?: 'cell-end';
  /** Shown until somebody chooses; in the order of this list. */
  isUsual: boolean | readonly OutboxView[];
}

/** All columns (M14, B11): those that are usually shown first. */
export const columns: readonly Column[] = [
  { id: 'to', label: 'columnTo', least: 'clamp(6em, 9cqi, 14em)', share: 1.4, cell: toCell, isUsual: true },
  {
    id: 'subject',
    label: 'columnSubject',
    least: 'clamp(10em, 15cqi, 18em)',
    share: 2.3,
    cell: subjectCell,
    isUsual: true,
  },
  {
    id: 'author',
    label: 'sentBy',
    least: 'clamp(5.5em, 8cqi, 10em)',
    share: 1,
    cell: authorCell,
    isUsual: ['team', 'all'],
  },
  {
    id: 'status',
    label: 'columnStatus',
    least: 'clamp(8.5em, 14cqi, 12.5em)',
    share: 0.4,
    cell: statusCell,
    isUsual: true,
  },
  {
    id: 'failureMessage',
    label: 'columnFailure',
    least: 'clamp(9em, 12cqi, 16em)',
    share: 2.6,
    cell: failureCell,
    isUsual: true,
  },
  {
    id: 'nextAttemptAt',
    label: 'columnNextAttempt',
    least: 'clamp(6em, 8cqi, 8.5em)',
    share: 0.2,
    cell: nextAttemptCell,
    isUsual: true,
  },
  {
    id: 'packet',
    label: 'columnPacket',
    least: 'clamp(6.75em, 8cqi, 8em)',
    share: 0.2,
    cell: packetCell,
    isUsual: true,
  },
  {
    id: 'sendCount',
    label: 'columnSendCount',
    least: 'clamp(6em, 7cqi, 7em)',
    share: 0.1,
    cell: sendCountCell,
    align: 'cell-end',
    isUsual: true,
  },
  { id: 'connector', label: 'connector', least: '8em', share: 0.8, cell: connectorCell, isUsual: false },
  { id: 'importance', label: 'importance', least: '7.5em', share: 0.2, cell: importanceCell, isUsual: false },
  {
    id: 'systemGenerated',
    label: 'systemGenerated',
    least: '6.5em',
    share: 0.1,
    cell: systemGeneratedCell,
    isUsual: false,
  },
  {
    id: 'lastAttemptAt',
    label: 'lastAttempt',
    least: '8em',
    share: 0.2,
    cell: timeCell('lastAttemptAt'),
    isUsual: false,
  },
  {
    id: 'firstFailedAt',
    label: 'logged',
    least: '8em',
    share: 0.2,
    cell: timeCell('firstFailedAt'),
    isUsual: false,
  },
  {
    id: 'packetType',
    label: 'columnPacketType',
    least: '6.5em',
    share: 0.1,
    cell: packetTypeCell,
    isUsual: false,
  },
  {
    id: 'attachmentCount',
    label: 'columnAttachmentCount',
    least: '7em',
    share: 0.1,
    cell: attachmentCountCell,
    align: 'cell-end',
    isUsual: false,
  },
  { id: 'from', label: 'from', least: '9em', share: 1, cell: fromCell, isUsual: false },
  {
    id: 'submittedAt',
    label: 'submitted',
    least: '8em',
    share: 0.2,
    cell: timeCell('submittedAt'),
    isUsual: false,
  },
];

/** They have a place of their own on a card; the others follow below, one a line. */
const onCards = ['to', 'subject', 'status', 'failureMessage', 'nextAttemptAt', 'packet'];
export const isFurtherOnCard = ({ id }: Column): boolean => !onCards.includes(id);
