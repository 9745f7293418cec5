import type { causeTextsEn } from './cause-texts-en.ts';

interface Advice {
  en: string;
  fr: string;
}

/** What to do about a failure of this cause. */
export const causeAdvice: Record<keyof typeof causeTextsEn, Advice> = {
  greylisted: advice(
    'Nothing to do: the next attempt usually goes through.',
    'Rien à faire : l’essai suivant passe d’habitude.',
  ),
  mailbox_full: advice(
    'Tell the recipient another way, then retry.',
    'Prévenez le destinataire autrement, puis réessayez.',
  ),
  mailbox_disabled: advice(
    'Ask the recipient for another address.',
    'Demandez une autre adresse au destinataire.',
  ),
  recipient_busy: advice('Nothing to do: it is tried again.', 'Rien à faire : un nouvel essai suit.'),
  too_many_recipients: advice('Nothing to do: the others follow.', 'Rien à faire : les autres suivent.'),
  unknown_user: advice('Check the address.', 'Vérifiez l’adresse.'),
  unknown_domain: advice(
    'Check the part of the address after the @.',
    'Vérifiez la partie de l’adresse après le @.',
  ),
  blocked: advice(
    'Ask an administrator to check the sender’s reputation.',
    'Demandez à un administrateur de vérifier la réputation de l’expéditeur.',
  ),
  rate_limited: advice(
    'Nothing to do: we go on more slowly.',
    'Rien à faire : l’envoi continue plus lentement.',
  ),
  too_large: advice(
    'Send it again with smaller attachments.',
    'Renvoyez-le avec des pièces jointes plus petites.',
  ),
  content_refused: advice(
    'Change the text or the attachments and send a new email.',
    'Modifiez le texte ou les pièces jointes et envoyez un nouveau courriel.',
  ),
  sender_refused: advice(
    'Ask an administrator whether this sender may use the connector.',
    'Demandez à un administrateur si cet expéditeur peut utiliser le connecteur.',
  ),
  relay_denied: advice(
    'An administrator must check the connector’s login and its rights on the server.',
    'Un administrateur doit vérifier la connexion du connecteur et ses droits sur le serveur.',
  ),
  refused: advice(
    'Read the server’s reply; it often says what to change.',
    'Lisez la réponse du serveur ; elle dit souvent quoi changer.',
  ),
  try_later: advice('Nothing to do: it is tried again.', 'Rien à faire : un nouvel essai suit.'),
  login_refused: advice(
    'An administrator must correct the connector’s user name or password.',
    'Un administrateur doit corriger le nom ou le mot de passe du connecteur.',
  ),
  login_required: advice(
    'An administrator must check the connector’s user name, password and encryption.',
    'Un administrateur doit vérifier le nom, le mot de passe et le chiffrement du connecteur.',
  ),
  token_expired: advice(
    'If it does not renew itself, an administrator must connect the account again.',
    'Si elle ne se renouvelle pas d’elle-même, un administrateur doit reconnecter le compte.',
  ),
  login_unavailable: advice(
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  tls_failed: advice(
    'An administrator must check the connector’s encryption and the server’s certificate.',
    'Un administrateur doit vérifier le chiffrement du connecteur et le certificat du serveur.',
  ),
  host_not_found: advice(
    'An administrator must check the connector’s host name.',
    'Un administrateur doit vérifier le nom d’hôte du connecteur.',
  ),
  dns_failed: advice(
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  host_unreachable: advice(
    'If it lasts, an administrator must check the network and the connector’s host name.',
    'Si cela dure, un administrateur doit vérifier le réseau et le nom d’hôte du connecteur.',
  ),
  connection_refused: advice(
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  connection_timed_out: advice(
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  connection_lost: advice('Nothing to do: it is tried again.', 'Rien à faire : un nouvel essai suit.'),
  timed_out: advice('Nothing to do: it is tried again.', 'Rien à faire : un nouvel essai suit.'),
  may_have_been_sent: advice(
    'Ask the recipient before you retry; they may get it twice.',
    'Demandez au destinataire avant de réessayer ; il pourrait le recevoir deux fois.',
  ),
  content_unavailable: advice('Nothing to do: it is tried again.', 'Rien à faire : un nouvel essai suit.'),
  time_passed: advice(
    'Press Retry to send it now.',
    'Appuyez sur « Nouvel essai » pour l’envoyer maintenant.',
  ),
  migrated: advice('Press Retry to send it.', 'Appuyez sur « Nouvel essai » pour l’envoyer.'),
  never_claimed: advice(
    'Press Retry; if it stays, an administrator must look at the workers.',
    'Appuyez sur « Nouvel essai » ; si cela se répète, un administrateur doit examiner les processus d’envoi.',
  ),
  left_on_enable: advice('Press Retry to send it.', 'Appuyez sur « Nouvel essai » pour l’envoyer.'),
};

function advice(en: string, fr: string): Advice {
  return { en, fr };
}
