import { refusalReasons, type RefusalReason } from './email-actions.ts';

/** Why a bulk operation leaves an email as it is: what a single action would have been refused for, and more. */
export const bulkSkipReasons = {
  ...refusalReasons,
  may_have_been_sent: {
    en: 'It may have been sent: the recipient could get it twice.',
    fr: 'Peut-être déjà envoyé : le destinataire pourrait le recevoir deux fois.',
  },
  already_restored: { en: 'Already restored.', fr: 'Déjà rétabli.' },
  not_restorable: {
    en: 'Cancelled too long ago to be restored.',
    fr: 'Annulé depuis trop longtemps pour être rétabli.',
  },
  not_visible: { en: 'You cannot see this email.', fr: 'Vous ne voyez pas ce courriel.' },
} as const satisfies Record<string, { en: string; fr: string }>;
export type BulkSkipReason =
  RefusalReason | 'may_have_been_sent' | 'already_restored' | 'not_restorable' | 'not_visible';
