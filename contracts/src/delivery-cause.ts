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
  unknown_user: text(
    'The address does not exist.',
    'L’adresse n’existe pas.',
    'Check the address.',
    'Vérifiez l’adresse.',
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
  connection_refused: text(
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
} as const;
export type DeliveryCause = keyof typeof deliveryCauses;

function text(meaningEn: string, meaningFr: string, adviceEn: string, adviceFr: string) {
  return { meaning: { en: meaningEn, fr: meaningFr }, advice: { en: adviceEn, fr: adviceFr } } as const;
}
