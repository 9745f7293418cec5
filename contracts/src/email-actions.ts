import type { EmailState } from './email-state.ts';

/** Why an action is not offered. The page shows the text; the service answers 409 with the same code. */
export const refusalReasons = {
  connector_disabled: {
    en: '{connector} is disabled. An administrator must enable it.',
    fr: '{connector} est désactivé. Un administrateur doit l’activer.',
  },
  retry_on_its_way: { en: 'A retry is already on its way.', fr: 'Un nouvel essai est déjà en route.' },
  not_tried_yet: {
    en: 'Not tried yet. Use Send Now.',
    fr: 'Pas encore essayé. Utilisez « Envoyer maintenant ».',
  },
  about_to_be_sent: { en: 'About to be sent.', fr: 'Sur le point d’être envoyé.' },
  being_sent: { en: 'Being sent right now.', fr: 'En cours d’envoi.' },
  nothing_to_bring_forward: { en: 'It has no later time to bring forward.', fr: 'Aucune date à avancer.' },
  already_sent: { en: 'Already sent.', fr: 'Déjà envoyé.' },
  already_cancelled: { en: 'Already cancelled.', fr: 'Déjà annulé.' },
} as const;
export type RefusalReason = keyof typeof refusalReasons;

export type Allowed = true | RefusalReason;
export interface EmailActions {
  retry: Allowed;
  sendNow: Allowed;
  cancel: Allowed;
}

export interface EmailActionFacts {
  state: EmailState;
  connectorEnabled: boolean;
  connectorPaused: boolean;
  tried: boolean;
  retryAsked: boolean;
  /** Its due time lies ahead: scheduled, held, or waiting for the next automatic attempt. */
  dueLater: boolean;
}

/** What one may do (M6, M7, B10): the only place where it is decided. */
export function emailActions(facts: EmailActionFacts): EmailActions {
  const all = (reason: RefusalReason): EmailActions => ({ retry: reason, sendNow: reason, cancel: reason });
  if (facts.state === 'sent') return all('already_sent');
  if (facts.state === 'cancelled') return all('already_cancelled');
  if (facts.state === 'claimed') return all('being_sent');
  return { retry: retry(facts), sendNow: sendNow(facts), cancel: true };
}

function retry(facts: EmailActionFacts): Allowed {
  if (!facts.connectorEnabled) return 'connector_disabled';
  if (facts.state === 'failed') return true;
  if (facts.retryAsked) return 'retry_on_its_way';
  if (facts.tried) return facts.state === 'waiting' && facts.dueLater ? true : 'retry_on_its_way';
  return isHeldBack(facts) ? 'not_tried_yet' : 'about_to_be_sent';
}

function sendNow(facts: EmailActionFacts): Allowed {
  if (!facts.connectorEnabled) return 'connector_disabled';
  return isHeldBack(facts) ? true : 'nothing_to_bring_forward';
}

/** Scheduled or held, and nothing but its time keeps it from leaving. */
function isHeldBack({ state, tried, retryAsked, dueLater, connectorPaused }: EmailActionFacts): boolean {
  return state === 'waiting' && !tried && !retryAsked && dueLater && !connectorPaused;
}
