import { attemptTimes, type ClaimReply, type ClaimRequest } from '@portal-outbox/contracts';

/** Asks the service once; `null`: no answer within `timeoutMs`. */
export type AskForClaim = (request: ClaimRequest, timeoutMs: number) => Promise<ClaimReply | null>;

export interface ClaimTimes {
  totalMs: number;
  repeatMs: number;
}

const times: ClaimTimes = { totalMs: attemptTimes.claimAnswer * 1000, repeatMs: 1500 };

/**
 * Claims an email: asks again with the same token while no answer comes, and takes the first answer to any of the
 * questions. `null`: none came in time. Whether the email was claimed is then unknown here.
 */
export async function requestClaim(
  ask: AskForClaim,
  request: ClaimRequest,
  { totalMs, repeatMs }: ClaimTimes = times,
): Promise<ClaimReply | null> {
  return await new Promise((resolve) => {
    const questions = Math.ceil(totalMs / repeatMs);
    let asked = 0;
    const question = (): void => {
      const remainingMs = totalMs - asked * repeatMs;
      asked += 1;
      // A question that cannot be asked (no service, no bus) is one without an answer.
      void ask(request, remainingMs).then(
        (reply) => reply && finish(reply),
        () => {},
      );
    };
    const timer = setInterval(() => (asked < questions ? question() : undefined), repeatMs);
    const deadline = setTimeout(() => finish(null), totalMs);
    const finish = (reply: ClaimReply | null): void => {
      clearInterval(timer);
      clearTimeout(deadline);
      resolve(reply);
    };
    question();
  });
}
