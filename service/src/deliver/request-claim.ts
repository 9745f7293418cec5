import { attemptTimes, type ClaimReply, type ClaimRequest } from '@portal-outbox/contracts';

/** Asks the service once; `null`: no answer in time. */
export type AskOnce = (request: ClaimRequest) => Promise<ClaimReply | null>;

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
  ask: AskOnce,
  request: ClaimRequest,
  { totalMs, repeatMs }: ClaimTimes = times,
): Promise<ClaimReply | null> {
  return await new Promise((resolve) => {
    const questions = Math.ceil(totalMs / repeatMs);
    let asked = 0;
    const question = (): void => {
      asked += 1;
      // A question that cannot be asked (no service, no bus) is one without an answer.
      void ask(request).then(
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
