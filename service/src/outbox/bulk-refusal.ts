import {
  emailActions,
  type BulkAction,
  type BulkSkipReason,
  type EmailActionFacts,
} from '@portal-outbox/contracts';

/** What decides whether a bulk operation acts on an email. */
export interface BulkFacts extends EmailActionFacts {
  mayHaveBeenSent: boolean;
  /** Cancelled so recently that it can be restored. */
  restorable: boolean;
}

/** Why a bulk operation skips the email; `null`: it acts on it. The same as a single action's answer says. */
export function refuseBulk(
  action: BulkAction,
  facts: BulkFacts,
  acceptDuplicate: boolean,
): BulkSkipReason | null {
  if (action === 'restore') return refuseRestore(facts);
  const allowed = emailActions(facts)[action];
  if (allowed !== true) return allowed;
  return action === 'retry' && facts.mayHaveBeenSent && !acceptDuplicate ? 'may_have_been_sent' : null;
}

function refuseRestore({ state, restorable }: BulkFacts): BulkSkipReason | null {
  if (state === 'sent') return 'already_sent';
  if (state !== 'cancelled') return 'already_restored';
  return restorable ? null : 'not_restorable';
}
