import { pdfFile } from './demo-files.ts';
import type { Letter } from './letter.ts';

/** The mail server asks them to come back: Pending Retry, for as long as the retry pattern lasts. */
export const deferredLetters: readonly Letter[] = [
  {
    authorId: 'claire.fontaine',
    connector: 'sales',
    to: ['Board office <board@hallstrom-filtration.example>'],
    subject: 'Summary of our meeting of 10 November',
    text: 'Dear all,\n\nPlease find below what we agreed: replacement within the week, and a joint review in January.\n\nClaire Fontaine',
    packetRef: '101342-T',
    answer: { reply: '451 4.3.2 System not accepting network messages, try again later', phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'amelie.roussel',
    connector: 'support',
    to: ['Accueil <accueil@clinique-tilleuls.example>'],
    subject: 'Demande de rendez-vous pour le comité du 27',
    text: 'Bonjour,\n\nSerait-il possible de présenter les six appareils le 27 à 14 h ?\n\nAmélie Roussel',
    packetRef: '101412-A',
    answer: { reply: '451 4.7.1 Greylisted for 25 seconds', phase: 'rcpt', times: 3 },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'maeve.oconnor',
    connector: 'sales',
    to: ['Ruth Adeyemi <ruth.adeyemi@kestrel-logistics.example>'],
    subject: 'Photos of the loading bay',
    text: 'Hi Ruth,\n\nPhotos as promised. Tell me which side you would like to start with.\n\nMaeve',
    packetRef: '101400-A',
    answer: { reply: "452 4.2.2 The recipient's inbox is out of storage space", phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
  {
    authorId: null,
    connector: 'support',
    to: ['tickets@northgate-pharmacies.example'],
    subject: 'Ticket 101377-T was merged with 101369-T',
    text: 'Your tickets 101369-T and 101377-T describe the same fault. They go on as 101377-T.\n\nMeridian Service Desk',
    packetRef: '101377-T',
    answer: { reply: '450 4.3.2 Too busy right now, closing', phase: 'rcpt', times: 3 },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'lucas.girard',
    connector: 'support',
    to: ['Joris Van Acker <j.vanacker@vanacker.example>'],
    subject: 'Trois palettes retrouvées à Anvers',
    text: 'Bonjour Joris,\n\nTrois palettes sur quatre sont retrouvées. Nouvelle livraison vendredi matin ?\n\nLucas',
    packetRef: '101021-C',
    answer: { reply: '452 4.2.2 Mailbox full', phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'support',
    to: ['On-call engineer <oncall@northgate-pharmacies.example>'],
    subject: 'Please confirm the alarm log of last night',
    text: 'Hello,\n\nCould you confirm whether the alarm came at 02:00 again?\n\nNoah',
    importance: 'high',
    packetRef: '101377-T',
    answer: { reply: '451 4.4.1 Connection to the mailbox store timed out', phase: 'rcpt', times: 3 },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'priya.raman',
    connector: 'support',
    to: ['Goods in <goods-in@hallstrom-filtration.example>'],
    subject: 'Delivery note for order 88410',
    text: 'Hello,\n\nThe delivery note is attached.\n\nPriya',
    files: [
      pdfFile('Delivery note 88410.pdf', 'Delivery note 88410', ['2 x filter HF-220', 'Carrier: Nordline']),
    ],
    packetRef: '101342-T',
    answer: { reply: '452 4.2.2 Over quota, 2.0 GB of 2.0 GB used', phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
];

/** Given to a connector that is switched off: Connector Disabled. */
export const heldLetters: readonly Letter[] = [
  [
    'maeve.oconnor',
    'Loyalty programme: your points of the third quarter',
    'loyalty@kestrel-logistics.example',
    '101400-A',
  ],
  [
    'amelie.roussel',
    'Enquête de satisfaction : deux minutes suffisent',
    'direction@clinique-tilleuls.example',
    '101412-A',
  ],
  [null, 'Your ticket 101342-T has been split', 'erik@hallstrom-filtration.example', '101342-T'],
  ['lucas.girard', 'Nouveaux tarifs de transport au 1er janvier', 'transport@vanacker.example', '101021-C'],
].map(([authorId, subject, address, packetRef]) => ({
  authorId: authorId ?? null,
  connector: 'legacy',
  to: [address!],
  subject: subject!,
  text: `${subject}\n\nMeridian, Customer Care`,
  packetRef: packetRef!,
  settlesAs: 'connector_disabled',
}));
