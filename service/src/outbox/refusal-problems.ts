import type { ProblemCode, RefusalReason } from '@portal-outbox/contracts';

/** The problem code of an action that is not possible; `null`: it is already so, which is no problem. */
export const refusalProblems: Record<RefusalReason, ProblemCode | null> = {
  connector_disabled: 'connector_disabled',
  retry_on_its_way: null,
  not_tried_yet: 'not_tried_yet',
  about_to_be_sent: 'not_tried_yet',
  being_sent: 'being_sent',
  nothing_to_bring_forward: null,
  already_sent: 'already_sent',
  already_cancelled: 'already_cancelled',
};
