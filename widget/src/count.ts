/** Entry of the navigation's number alone: `<outbox-count>`, without the page. */
import { defineElement } from './define-element.ts';
import { OutboxCountElement } from './outbox-count/outbox-count.ts';

export { connect, disconnect } from './data/connect.ts';
export type { ConnectionOptions } from './data/connection.ts';

defineElement('outbox-count', OutboxCountElement);
