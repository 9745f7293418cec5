import type { CauseText, causeTextsEn } from './cause-texts-en.ts';

/** French: U+2019 as the apostrophe, a no-break space before : ; ! ? */
export const causeTextsFr: Record<keyof typeof causeTextsEn, CauseText> = {
  greylisted: text('invité à revenir plus tard', 'Le serveur de courriel demande de réessayer plus tard.'),
  mailbox_full: text('boîte pleine', 'La boîte du destinataire est pleine.'),
  mailbox_disabled: text('boîte désactivée', 'La boîte du destinataire est désactivée.'),
  recipient_busy: text('destinataire surchargé', 'Le destinataire reçoit trop de messages en ce moment.'),
  too_many_recipients: text(
    'trop de destinataires',
    'Le serveur de courriel n’accepte qu’une partie des destinataires à la fois.',
  ),
  unknown_user: text('adresse inconnue', 'L’adresse n’existe pas.'),
  unknown_domain: text(
    'domaine inconnu',
    'Le domaine de l’adresse n’existe pas ou ne reçoit pas de courriel.',
  ),
  blocked: text('bloqué', 'Le serveur de courriel bloque nos messages.'),
  rate_limited: text('trop à la fois', 'Trop de messages à la fois pour le serveur de courriel.'),
  too_large: text('trop volumineux', 'Le message est trop volumineux pour le serveur de courriel.'),
  content_refused: text('contenu refusé', 'Le serveur de courriel refuse le contenu.'),
  sender_refused: text('expéditeur refusé', 'Le serveur de courriel refuse cet expéditeur.'),
  relay_denied: text('relais refusé', 'Le serveur de courriel ne relaie pas les messages de ce connecteur.'),
  refused: text('refusé', 'Le serveur de courriel refuse le message.'),
  try_later: text('remis à plus tard', 'Le serveur de courriel n’a pas pu prendre le message à l’instant.'),
  login_refused: text(
    'identifiants refusés',
    'Le serveur de courriel refuse les identifiants du connecteur.',
  ),
  login_required: text('connexion exigée', 'Le serveur de courriel exige une connexion.'),
  token_expired: text(
    'autorisation expirée',
    'L’autorisation d’envoi du connecteur (jeton d’accès) a expiré ou a été retirée.',
  ),
  login_unavailable: text(
    'connexion impossible',
    'Le serveur de courriel ne peut pas vérifier la connexion à l’instant.',
  ),
  tls_failed: text('connexion non sécurisée', 'Pas de connexion sécurisée au serveur de courriel.'),
  host_not_found: text('serveur inconnu', 'Le nom du serveur de courriel est inconnu.'),
  dns_failed: text('nom non résolu', 'Le nom du serveur de courriel ne peut pas être résolu à l’instant.'),
  host_unreachable: text('serveur injoignable', 'Le réseau ne mène pas au serveur de courriel.'),
  connection_refused: text('connexion refusée', 'Le serveur de courriel refuse la connexion.'),
  connection_timed_out: text('pas de réponse', 'Le serveur de courriel ne répond pas.'),
  connection_lost: text('connexion rompue', 'La connexion s’est rompue avant la remise du message.'),
  timed_out: text('réponse trop lente', 'Le serveur de courriel a mis trop de temps à répondre.'),
  may_have_been_sent: text(
    'peut-être envoyé',
    'Il a peut-être été envoyé : la connexion s’est terminée avant la réponse du serveur.',
  ),
  content_unavailable: text('pièce jointe illisible', 'Une pièce jointe n’a pas pu être lue.'),
  time_passed: text('heure passée', 'Son heure est passée pendant qu’il était annulé.'),
  migrated: text('migré', 'Migré d’une ancienne version. Il ne part que par Nouvel essai.'),
  never_claimed: text(
    'pris par aucun processus',
    'Aucun processus d’envoi ne l’a pris, alors que d’autres sont partis.',
  ),
  left_on_enable: text(
    'laissé pour un nouvel essai',
    'Laissé pour un nouvel essai manuel à la réactivation du connecteur.',
  ),
};

function text(label: string, meaning: string): CauseText {
  return { label, meaning };
}
