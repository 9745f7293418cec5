/**
 * Why an attempt failed, in plain words, for the page and the webhook alike. A cause says what it means and
 * what to do; the mail server's own reply is shown beside it.
 */
export const deliveryCauses = {
  greylisted: text(
    'The mail server asks us to try again later.',
    'Le serveur de courriel demande de réessayer plus tard.',
    'Nothing to do: the next attempt usually goes through.',
    'Rien à faire : l’essai suivant passe d’habitude.',
  ),
  mailbox_full: text(
    'The recipient’s mailbox is full.',
    'La boîte du destinataire est pleine.',
    'Tell the recipient another way, then retry.',
    'Prévenez le destinataire autrement, puis réessayez.',
  ),
  mailbox_disabled: text(
    'The recipient’s mailbox is switched off.',
    'La boîte du destinataire est désactivée.',
    'Ask the recipient for another address.',
    'Demandez une autre adresse au destinataire.',
  ),
  recipient_busy: text(
    'The recipient is getting too many messages just now.',
    'Le destinataire reçoit trop de messages en ce moment.',
    'Nothing to do: it is tried again.',
    'Rien à faire : un nouvel essai suit.',
  ),
  too_many_recipients: text(
    'The mail server takes only some of the recipients at a time.',
    'Le serveur de courriel n’accepte qu’une partie des destinataires à la fois.',
    'Nothing to do: the others follow.',
    'Rien à faire : les autres suivent.',
  ),
  unknown_user: text(
    'The address does not exist.',
    'L’adresse n’existe pas.',
    'Check the address.',
    'Vérifiez l’adresse.',
  ),
  unknown_domain: text(
    'The address’s domain does not exist or takes no email.',
    'Le domaine de l’adresse n’existe pas ou ne reçoit pas de courriel.',
    'Check the part of the address after the @.',
    'Vérifiez la partie de l’adresse après le @.',
  ),
  blocked: text(
    'The mail server blocks our messages.',
    'Le serveur de courriel bloque nos messages.',
    'Ask an administrator to check the sender’s reputation.',
    'Demandez à un administrateur de vérifier la réputation de l’expéditeur.',
  ),
  rate_limited: text(
    'Too many messages at once for the mail server.',
    'Trop de messages à la fois pour le serveur de courriel.',
    'Nothing to do: we go on more slowly.',
    'Rien à faire : l’envoi continue plus lentement.',
  ),
  too_large: text(
    'The message is too large for the mail server.',
    'Le message est trop volumineux pour le serveur de courriel.',
    'Send it again with smaller attachments.',
    'Renvoyez-le avec des pièces jointes plus petites.',
  ),
  content_refused: text(
    'The mail server refuses the content.',
    'Le serveur de courriel refuse le contenu.',
    'Change the text or the attachments and send a new email.',
    'Modifiez le texte ou les pièces jointes et envoyez un nouveau courriel.',
  ),
  sender_refused: text(
    'The mail server refuses this sender.',
    'Le serveur de courriel refuse cet expéditeur.',
    'Ask an administrator whether this sender may use the connector.',
    'Demandez à un administrateur si cet expéditeur peut utiliser le connecteur.',
  ),
  relay_denied: text(
    'The mail server does not pass mail on for this connector.',
    'Le serveur de courriel ne relaie pas les messages de ce connecteur.',
    'An administrator must check the connector’s login and its rights on the server.',
    'Un administrateur doit vérifier la connexion du connecteur et ses droits sur le serveur.',
  ),
  refused: text(
    'The mail server refuses the message.',
    'Le serveur de courriel refuse le message.',
    'Read the server’s reply; it often says what to change.',
    'Lisez la réponse du serveur ; elle dit souvent quoi changer.',
  ),
  try_later: text(
    'The mail server could not take the message just now.',
    'Le serveur de courriel n’a pas pu prendre le message à l’instant.',
    'Nothing to do: it is tried again.',
    'Rien à faire : un nouvel essai suit.',
  ),
  login_refused: text(
    'The mail server refuses the connector’s credentials.',
    'Le serveur de courriel refuse les identifiants du connecteur.',
    'An administrator must correct the connector’s user name or password.',
    'Un administrateur doit corriger le nom ou le mot de passe du connecteur.',
  ),
  login_required: text(
    'The mail server demands a login.',
    'Le serveur de courriel exige une connexion.',
    'An administrator must check the connector’s user name, password and encryption.',
    'Un administrateur doit vérifier le nom, le mot de passe et le chiffrement du connecteur.',
  ),
  token_expired: text(
    'The connector’s permission to send (access token) has expired or was withdrawn.',
    'L’autorisation d’envoi du connecteur (jeton d’accès) a expiré ou a été retirée.',
    'If it does not renew itself, an administrator must connect the account again.',
    'Si elle ne se renouvelle pas d’elle-même, un administrateur doit reconnecter le compte.',
  ),
  login_unavailable: text(
    'The mail server cannot check the login just now.',
    'Le serveur de courriel ne peut pas vérifier la connexion à l’instant.',
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  tls_failed: text(
    'No secure connection to the mail server.',
    'Pas de connexion sécurisée au serveur de courriel.',
    'An administrator must check the connector’s encryption and the server’s certificate.',
    'Un administrateur doit vérifier le chiffrement du connecteur et le certificat du serveur.',
  ),
  host_not_found: text(
    'The mail server’s name is unknown.',
    'Le nom du serveur de courriel est inconnu.',
    'An administrator must check the connector’s host name.',
    'Un administrateur doit vérifier le nom d’hôte du connecteur.',
  ),
  dns_failed: text(
    'The mail server’s name cannot be looked up just now.',
    'Le nom du serveur de courriel ne peut pas être résolu à l’instant.',
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  host_unreachable: text(
    'There is no way through the network to the mail server.',
    'Le réseau ne mène pas au serveur de courriel.',
    'If it lasts, an administrator must check the network and the connector’s host name.',
    'Si cela dure, un administrateur doit vérifier le réseau et le nom d’hôte du connecteur.',
  ),
  connection_refused: text(
    'The mail server refuses the connection.',
    'Le serveur de courriel refuse la connexion.',
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  connection_timed_out: text(
    'The mail server does not answer.',
    'Le serveur de courriel ne répond pas.',
    'Nothing to do: the connector is tried again by itself.',
    'Rien à faire : le connecteur est réessayé de lui-même.',
  ),
  connection_lost: text(
    'The connection broke before the message was handed over.',
    'La connexion s’est rompue avant la remise du message.',
    'Nothing to do: it is tried again.',
    'Rien à faire : un nouvel essai suit.',
  ),
  timed_out: text(
    'The mail server took too long to answer.',
    'Le serveur de courriel a mis trop de temps à répondre.',
    'Nothing to do: it is tried again.',
    'Rien à faire : un nouvel essai suit.',
  ),
  may_have_been_sent: text(
    'It may have been sent: the connection ended before the mail server’s answer was read.',
    'Il a peut-être été envoyé : la connexion s’est terminée avant la réponse du serveur.',
    'Ask the recipient before you retry; they may get it twice.',
    'Demandez au destinataire avant de réessayer ; il pourrait le recevoir deux fois.',
  ),
  content_unavailable: text(
    'An attachment could not be read.',
    'Une pièce jointe n’a pas pu être lue.',
    'Nothing to do: it is tried again.',
    'Rien à faire : un nouvel essai suit.',
  ),
  time_passed: text(
    'Its time passed while it was cancelled.',
    'Son heure est passée pendant qu’il était annulé.',
    'Press Retry to send it now.',
    'Appuyez sur « Nouvel essai » pour l’envoyer maintenant.',
  ),
  migrated: text(
    'Migrated from an older system. It goes only by Retry.',
    'Migré d’une ancienne version. Il ne part que par Nouvel essai.',
    'Press Retry to send it.',
    'Appuyez sur « Nouvel essai » pour l’envoyer.',
  ),
  never_claimed: text(
    'No worker took it though others were sent.',
    'Aucun processus d’envoi ne l’a pris, alors que d’autres sont partis.',
    'Press Retry; if it stays, an administrator must look at the workers.',
    'Appuyez sur « Nouvel essai » ; si cela se répète, un administrateur doit examiner les processus d’envoi.',
  ),
  left_on_enable: text(
    'Left for a manual retry when the connector was enabled again.',
    'Laissé pour un nouvel essai manuel à la réactivation du connecteur.',
    'Press Retry to send it.',
    'Appuyez sur « Nouvel essai » pour l’envoyer.',
  ),
} as const;
export type DeliveryCause = keyof typeof deliveryCauses;

function text(meaningEn: string, meaningFr: string, adviceEn: string, adviceFr: string) {
  return { meaning: { en: meaningEn, fr: meaningFr }, advice: { en: adviceEn, fr: adviceFr } } as const;
}
