import type {
  AttemptOutcome,
  ClaimReply,
  ClaimRequest,
  ConnectorSettings,
  SendAttempt,
} from '@portal-outbox/contracts';
import { monotonicMs } from '../runtime/clock.ts';
import { ClaimedBody } from './claimed-body.ts';
import { concludeAttempt, type AttemptEnd } from './conclude-attempt.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { noCredentials } from './login-gate.ts';
import type { SmtpFault, SmtpSession } from './smtp-session.ts';

export interface DeliveryContext {
  settings: ConnectorSettings;
  workerId: string;
  pool: ConnectionPool;
  /** Claims the email; `null`: no answer in time. */
  claim: (request: ClaimRequest) => Promise<ClaimReply | null>;
  /** Hears of each fault, for the log: an outcome has only the server's words. */
  onFault?: (fault: SmtpFault) => void;
  /** Aborted: what is not claimed yet is let go, as if it had never been taken. */
  abandon: AbortSignal;
  /** Aborted: what is still under way is broken off. */
  cut: AbortSignal;
}

/** `null`: let go before it was claimed; somebody else may have it. */
export type Delivery = AttemptOutcome | null;

/** One try to hand one email to the mail server. Never throws for what the server or the network does. */
export async function deliverAttempt(attempt: SendAttempt, context: DeliveryContext): Promise<Delivery> {
  const startedAt = monotonicMs();
  const tried = await trySending(attempt, context);
  if (!tried) return null;
  const { end, claimToken } = tried;
  const { attemptId, attemptNo, emailId, connectorId, nonce } = attempt;
  return {
    attemptId,
    attemptNo,
    emailId,
    connectorId,
    workerId: context.workerId,
    connectorRevision: context.settings.revision,
    nonce,
    claimToken,
    ...concludeAttempt(end),
    durationMs: Math.round(monotonicMs() - startedAt),
  };
}

interface Tried {
  end: AttemptEnd;
  claimToken: string | null;
}

async function trySending(attempt: SendAttempt, context: DeliveryContext): Promise<Tried | null> {
  const { pool, abandon, cut } = context;
  let session: SmtpSession | null = null;
  let body: ClaimedBody | null = null;
  const onAbandon = (): void => {
    if (body === null || body.claim === 'not_asked') session?.close();
  };
  const onCut = (): void => session?.close();
  abandon.addEventListener('abort', onAbandon);
  cut.addEventListener('abort', onCut);
  try {
    for (let idle = pool.takeIdle(); !abandon.aborted; idle = null) {
      const opened = idle ?? (await pool.open((opening) => (session = opening)));
      if (opened === noCredentials) return null;
      if (!('transcript' in opened)) {
        context.onFault?.(opened);
        return abandon.aborted ? null : { end: neverOpened(opened), claimToken: null };
      }
      session = opened;
      if (abandon.aborted) break;
      body = new ClaimedBody({
        session,
        emailId: attempt.emailId,
        claim: (claimToken) => context.claim({ ...claimOf(attempt), claimToken, workerId: context.workerId }),
      });
      const ended = await session.send({ ...attempt.envelope, size: attempt.size }, body.stream);
      if (typeof ended !== 'string') context.onFault?.(ended);
      await body.stop();
      // The server had closed it while it waited: nothing was said about this message, a fresh connection tells.
      if (idle && wasStale(session, ended) && !abandon.aborted) {
        session.close();
        continue;
      }
      if (abandon.aborted && body.claim === 'not_asked' && typeof ended !== 'string' && ended.reply === null)
        break;
      const end = endOf(attempt, session, body, ended);
      await giveBack(session, pool, ended);
      return { end, claimToken: claimTokenOf(body) };
    }
    session?.close();
    return null;
  } finally {
    abandon.removeEventListener('abort', onAbandon);
    cut.removeEventListener('abort', onCut);
  }
}

const claimOf = ({ attemptId, attemptNo, emailId, nonce }: SendAttempt) => ({
  attemptId,
  attemptNo,
  emailId,
  nonce,
});

/** A refused claim holds nothing; an unanswered one may. */
const claimTokenOf = (body: ClaimedBody): string | null =>
  body.claim === 'not_asked' || body.claim === 'refused' ? null : body.claimToken;

function wasStale({ transcript }: SmtpSession, ended: string | SmtpFault): boolean {
  if (
    typeof ended === 'string' ||
    ended.codes.some((code) => code === 'too_large' || code === 'bad_envelope')
  )
    return false;
  return transcript.mailReply === null || transcript.mailReply.startsWith('421');
}

/** After a message that arrived whole the connection serves again; after a refused envelope once it is cleared. */
async function giveBack(
  session: SmtpSession,
  pool: ConnectionPool,
  ended: string | SmtpFault,
): Promise<void> {
  const refusedEarly = typeof ended !== 'string' && session.transcript.phase !== 'final_dot';
  if (typeof ended === 'string' || (refusedEarly && session.alive && (await session.reset())))
    pool.giveBack(session);
  else session.close();
}

function endOf(
  attempt: SendAttempt,
  session: SmtpSession,
  body: ClaimedBody,
  ended: string | SmtpFault,
): AttemptEnd {
  return {
    recipients: attempt.envelope.to,
    ended,
    mailReply: session.transcript.mailReply,
    recipientReplies: session.transcript.recipientReplies,
    claim: body.claim,
    bodyStarted: body.started,
    bodyEnded: body.ended,
    contentFailed: body.failure !== null,
  };
}

function neverOpened(fault: SmtpFault): AttemptEnd {
  return {
    recipients: [],
    ended: fault,
    mailReply: null,
    recipientReplies: [],
    claim: 'not_asked',
    bodyStarted: false,
    bodyEnded: false,
    contentFailed: false,
  };
}
