import type { ProblemCode } from '@portal-outbox/contracts';

/**
 * unreachable: no answer (network down, blocked by CORS, timed out). incompatible: an answer that is not the
 * service's. aborted: the caller changed its mind; nothing to show.
 */
export type FailureCode = ProblemCode | 'unreachable' | 'incompatible' | 'aborted';

export interface ServiceFailure {
  ok: false;
  code: FailureCode;
}

/** What a request gives: refusals and dead networks are values, so nothing is thrown at the host. */
export type ServiceResult<T> = { ok: true; value: T } | ServiceFailure;

export const failure = (code: FailureCode): ServiceFailure => ({ ok: false, code });
