import type { AttemptRecord, AttemptResult } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import { duration } from '../i18n/measures.ts';
import type { MessageKey } from '../i18n/messages-en.ts';

const resultWords: Record<AttemptResult, MessageKey> = {
  accepted: 'resultAccepted',
  deferred: 'resultDeferred',
  rejected: 'resultRejected',
  connector_trouble: 'resultConnectorTrouble',
  not_sent: 'resultNotSent',
  uncertain: 'resultUncertain',
};

/** Every attempt, the latest first: when, how long, what came of it, the server's code and words (B4). */
export function attemptsSection(
  attempts: readonly AttemptRecord[],
  locale: Locale,
  now: number,
): TemplateResult {
  const latestFirst = attempts.toSorted((a, b) => b.attemptNo - a.attemptNo);
  return html`<section class="section" part="attempts">
    <h3>${locale.text('attempts')}</h3>
    ${
      attempts.length === 0
        ? html`<p class="quiet">${locale.text('noAttempts')}</p>`
        : html`<ol class="attempts" reversed>
            ${latestFirst.map((attempt) => row(attempt, locale, now))}
          </ol>`
    }
  </section>`;
}

function row(attempt: AttemptRecord, locale: Locale, now: number): TemplateResult {
  const { result, cause } = attempt;
  const codes = [attempt.code, attempt.enhancedCode].filter((code) => code !== null).join(' ');
  return html`<li class="attempt">
    <span class="attempt-result result-${result ?? 'running'}"
      >${locale.text(result ? resultWords[result] : 'attemptRunning')}</span
    >
    <time datetime=${attempt.startedAt} title=${locale.fullDateTime(attempt.startedAt)}
      >${locale.dateTime(attempt.startedAt, now)}</time
    >
    <span class="quiet">${attempt.durationMs === null ? '' : duration(attempt.durationMs, locale)}</span>
    <span class="attempt-words"
      >${cause ? html`${locale.cause(cause)?.meaning ?? ''} ` : nothing}${
        codes ? html`<bdi class="code" dir="ltr">${codes}</bdi> ` : nothing
      }<bdi class="code quiet">${withoutCodes(attempt.reply, attempt)}</bdi></span
    >
  </li>`;
}

/** Servers repeat their codes at the beginning of the reply. */
function withoutCodes(reply: string, { code, enhancedCode }: AttemptRecord): string {
  let words = reply;
  for (const part of [code, enhancedCode]) {
    if (part !== null && words.startsWith(`${part} `)) words = words.slice(`${part} `.length);
  }
  return words;
}
