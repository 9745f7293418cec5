/** Every word of the portal's own pages, in both languages. */
export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

const words = {
  home: ['Home', 'Accueil'],
  work: ['Work', 'Travail'],
  tickets: ['Tickets', 'Tickets'],
  cases: ['Cases', 'Cas'],
  actions: ['Actions', 'Actions'],
  emails: ['Emails', 'E-mails'],
  inbox: ['Inbox', 'Réception'],
  outbox: ['Outbox', "Boîte d'envoi"],
  search: ['Search tickets, cases, people', 'Rechercher tickets, cas, personnes'],
  menu: ['Menu', 'Menu'],
  signedInAs: ['Signed in as', 'Connecté en tant que'],
  leader: ['Team leader', 'Responsable d’équipe'],
  member: ['Team member', 'Membre de l’équipe'],
  administrator: ['Administrator', 'Administrateur'],
  language: ['Language', 'Langue'],
  theme: ['Appearance', 'Apparence'],
  light: ['Light', 'Clair'],
  dark: ['Dark', 'Sombre'],
  hints: ['Three things to try', 'Trois choses à essayer'],
  hintRetry: ['Press Retry: it arrives in “Mail server”.', 'Nouvel essai\u00a0: il arrive au serveur.'],
  hintSwitch: ['Stop the mail server: nothing is lost.', 'Arrêtez le serveur\u00a0: rien n’est perdu.'],
  hintOpen: ['Double-click a row to read it.', 'Double-cliquez pour lire.'],
  closeHints: ['Close the hints', 'Fermer les conseils'],
  mailServer: ['Mail server', 'Serveur de courriel'],
  mailServerDemo: ['Part of this demo', 'Celui de la démo'],
  hidePanel: ['Hide the mail server', 'Masquer le serveur de courriel'],
  showPanel: ['Show the mail server', 'Afficher le serveur de courriel'],
  switches: ['Make trouble', 'Provoquer une panne'],
  down: ['Mail server down', 'Serveur arrêté'],
  refuseLogins: ['Login refused', 'Connexion refusée'],
  killWorker: ['Kill a worker', 'Tuer un processus d’envoi'],
  workersUp: ['{up} of {all} workers running', '{up} processus d’envoi sur {all} en marche'],
  state: ['State', 'État'],
  enabled: ['Enabled', 'Activé'],
  disabled: ['Disabled', 'Désactivé'],
  enableConnector: ['Enable {connector}', 'Activer {connector}'],
  switchedOff: ['{connector} switched itself off.', '{connector} s’est désactivé de lui-même.'],
  received: ['Received', 'Reçus'],
  receivedNothing: ['Nothing has arrived yet.', 'Rien n’est encore arrivé.'],
  accepted: ['Accepted', 'Accepté'],
  deferred: ['Try later', 'À réessayer'],
  refused: ['Refused', 'Refusé'],
  dropped: ['No answer', 'Sans réponse'],
  writeEmail: ['Write an email', 'Écrire un courriel'],
  from: ['From', 'De'],
  to: ['To', 'À'],
  subject: ['Subject', 'Objet'],
  message: ['Message', 'Message'],
  importance: ['Importance', 'Importance'],
  high: ['High', 'Élevé'],
  normal: ['Normal', 'Normal'],
  low: ['Low', 'Faible'],
  packet: ['Packet', 'Paquet'],
  noPacket: ['None', 'Aucun'],
  attachment: ['Attachment', 'Pièce jointe'],
  sendLater: ['Send later', 'Envoyer plus tard'],
  send: ['Send', 'Envoyer'],
  back: ['Back', 'Retour'],
  telling: ['Addresses that tell the mail server what to do', 'Adresses qui disent au serveur quoi faire'],
  accepts: ['goes through', 'passe'],
  greylists: ['goes through on the second try', 'passe au deuxième essai'],
  unknownUser: ['refused: no such user', 'refusé\u00a0: utilisateur inconnu'],
  fullMailbox: ['mailbox full, tried again', 'boîte pleine, nouvel essai'],
  alwaysBusy: ['busy, tried again until the pattern ends', 'occupé, réessayé jusqu’au bout'],
  blocks: ['refused: blocked', 'refusé\u00a0: bloqué'],
  contentRefused: ['refused because of its content', 'refusé pour son contenu'],
  handedOver: ['Handed over to the Outbox.', 'Remis à la boîte d’envoi.'],
  notTaken: ['The Outbox did not take it:', 'La boîte d’envoi ne l’a pas pris\u00a0:'],
  serviceUnreachable: [
    'The Outbox service does not answer.',
    'Le service de la boîte d’envoi ne répond pas.',
  ],
  unreachable: ['The portal does not answer.', 'Le portail ne répond pas.'],
  customer: ['Customer', 'Client'],
  opened: ['Opened', 'Ouvert'],
  workedOnBy: ['Worked on by', 'Suivi par'],
  summary: ['Summary', 'Résumé'],
  notes: ['Notes', 'Notes'],
  reference: ['Reference', 'Référence'],
  title: ['Title', 'Titre'],
  ticket: ['Ticket', 'Ticket'],
  case: ['Case', 'Cas'],
  action: ['Action', 'Action'],
  notFound: ['There is no such page.', 'Cette page n’existe pas.'],
  backToOutbox: ['Back to the Outbox', 'Retour à la boîte d’envoi'],
  welcome: ['Good day, {name}', 'Bonjour {name}'],
  openWork: ['Your open work', 'Votre travail en cours'],
  waitingEmails: ['Emails that have not left yet', 'Courriels pas encore partis'],
  inboxEmpty: ['Your inbox is empty. Well done.', 'Votre boîte de réception est vide. Bravo.'],
} as const;

export type Word = keyof typeof words;
/** Words by name, with `{placeholders}` filled in. */
export type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

export function sayIn(language: Language): Say {
  const column = languages.indexOf(language);
  return (word, values) => {
    const text = words[word][column] ?? words[word][0];
    return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : text;
  };
}

/** "12 Nov" for the day that lies so many days back. */
export function dayBefore(language: Language, days: number): string {
  const date = new Date(Date.now() - days * 24 * 3600 * 1000);
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    day: 'numeric',
    month: 'short',
  }).format(date);
}

/** What the page's script says by itself. */
export const scriptWords = [
  'accepted',
  'deferred',
  'refused',
  'dropped',
  'receivedNothing',
  'workersUp',
  'enableConnector',
  'switchedOff',
  'hidePanel',
  'showPanel',
  'handedOver',
  'notTaken',
  'unreachable',
  'serviceUnreachable',
] as const satisfies readonly Word[];
