import type { Letter } from './letter.ts';

/** Emails of other teams and of the administrator, who sees them all; the leader of Customer Care does not. */
export const elsewhereLetters: readonly Letter[] = [
  {
    authorId: 'jonas.lindqvist',
    connector: 'support',
    to: ['Workshop Malmö <workshop@hallstrom-filtration.example>'],
    subject: 'Test bench booking for 18 November',
    text: 'Hi, please keep bench 2 free from 09:00.\n\nJonas',
    dueInMinutes: 26 * 60,
    settlesAs: 'queued',
  },
  {
    authorId: 'hugo.lefevre',
    connector: 'sales',
    to: ['Trésorerie <tresorerie@ville-aubrac.example>'],
    subject: 'Deuxième rappel : facture F-2207',
    text: 'Madame, Monsieur,\n\nSauf erreur de notre part, la facture F-2207 reste à régler.\n\nHugo Lefèvre',
    answer: { reply: '550 5.1.1 Boîte inexistante', phase: 'rcpt', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'sofia.marchetti',
    connector: 'support',
    to: ['Site office <site.office@rapid-freight.example>'],
    subject: 'Engineer on site tomorrow at 07:30',
    text: 'Good morning, our engineer arrives at 07:30.\n\nSofia',
    answer: { reply: '451 4.3.2 Try again later', phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'rachid.benali',
    connector: 'support',
    to: ['Tous les sites <sites@lists.meridian.example>'],
    subject: 'Interruption du portail dimanche de 6 h à 7 h',
    text: 'Bonjour,\n\nLe portail est indisponible dimanche matin, de 6 h à 7 h, pour une mise à jour.\n\nRachid Benali',
    importance: 'high',
    dueInMinutes: 3 * 24 * 60,
    settlesAs: 'queued',
  },
  {
    authorId: 'rachid.benali',
    connector: 'sales',
    to: ['IT service desk <service.desk@rapid-freight.example>'],
    subject: 'New sender address for your allow list',
    text: 'Hello,\n\nPlease add meridian.example to your allow list.\n\nRachid Benali',
    answer: { reply: '554 5.7.1 Sender domain not on the allow list', phase: 'rcpt', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'rachid.benali',
    connector: 'legacy',
    to: ['Support <support@old-mail-host.example>'],
    subject: 'Closing our account at the end of the year',
    text: 'Hello,\n\nPlease close our account on 31 December.\n\nRachid Benali',
    settlesAs: 'connector_disabled',
  },
];
