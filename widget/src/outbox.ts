/** Entry of the page: `<outbox-view>` and `<outbox-count>`. Importing it where there is no page does nothing. */
import { defineElement } from './define-element.ts';
import { OutboxCountElement } from './outbox-count/outbox-count.ts';
import { OutboxGrid } from './outbox-grid/outbox-grid.ts';
import { OutboxViewElement } from './outbox-view/outbox-view.ts';

export { connect, disconnect } from './data/connect.ts';
export type { ConnectionOptions } from './data/connection.ts';
export type { GetToken } from './data/token-source.ts';
export type { Messages } from './i18n/messages-en.ts';

defineElement('outbox-grid', OutboxGrid);
defineElement('outbox-view', OutboxViewElement);
defineElement('outbox-count', OutboxCountElement);
