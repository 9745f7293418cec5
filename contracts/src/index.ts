/**
 * Everything that crosses a process: the five values of the flow (EmailSubmission, OutboxEmail,
 * SendAttempt, AttemptOutcome, OutboxChange), the words they use, and the names on the bus.
 * No I/O, no Node, no DOM. Schemas are pure calls, so a bundle keeps only what it uses.
 */
export * from './limits.ts';
export * from './send-status.ts';
export * from './email-state.ts';
export * from './email-actions.ts';
export * from './cause-texts-en.ts';
export * from './cause-texts-fr.ts';
export * from './cause-advice.ts';
export * from './delivery-cause.ts';
export * from './outbox-view.ts';
export * from './field-schemas.ts';
export * from './email-submission.ts';
export * from './imported-email.ts';
export * from './outbox-email.ts';
export * from './fold-text.ts';
export * from './outbox-sort.ts';
export * from './match-filter.ts';
export * from './outbox-query.ts';
export * from './email-detail.ts';
export * from './send-attempt.ts';
export * from './claim.ts';
export * from './attempt-outcome.ts';
export * from './bulk-skip-reasons.ts';
export * from './bulk-operation.ts';
export * from './outbox-change.ts';
export * from './connector.ts';
export * from './settings.ts';
export * from './preferences.ts';
export * from './me.ts';
export * from './outbox-counts.ts';
export * from './directory.ts';
export * from './problem.ts';
export * from './bus-names.ts';
export * from './bus-permissions.ts';
