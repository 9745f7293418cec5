import { csvFile, pdfFile } from './demo-files.ts';
import type { Letter } from './letter.ts';

const hour = 60;
const day = 24 * hour;

/** Due later: they stay Queued. */
export const scheduledLetters: readonly Letter[] = [
  {
    authorId: 'claire.fontaine',
    connector: 'sales',
    to: ['Hélène Beaumont <h.beaumont@ateliers-beaumont.example>'],
    cc: ['Maeve O’Connor <maeve.oconnor@meridian.example>'],
    subject: 'Offre 2 : contrat de service 2027, astreinte week-end comprise',
    text: 'Bonjour Madame Beaumont,\n\nVous trouverez ci-joint notre offre révisée pour les quatre sites, astreinte du week-end comprise. Elle est valable jusqu’au 15 décembre.\n\nJe vous appelle jeudi pour en parler.\n\nBien à vous,\nClaire Fontaine',
    files: [
      pdfFile('Offre 2 - contrat de service 2027.pdf', 'Offre 2 - Contrat de service 2027', [
        'Ateliers Beaumont, quatre sites',
        'Astreinte week-end : comprise',
        'Durée : trois ans, du 1er janvier 2027 au 31 décembre 2029',
        'Valable jusqu’au 15 décembre'.replace('’', "'"),
      ]),
    ],
    packetRef: '100987-C',
    dueInMinutes: 2 * day + 4 * hour,
    settlesAs: 'queued',
  },
  {
    authorId: 'priya.raman',
    connector: 'support',
    to: ['Erik Hallström <erik@hallstrom-filtration.example>'],
    subject: 'Your replacement filters: delivery on Thursday between 8 and 10',
    text: 'Hello Erik,\n\nThe two replacement filters (order 88410) leave our warehouse on Wednesday evening. The driver will call half an hour ahead.\n\nKind regards,\nPriya',
    packetRef: '101342-T',
    dueInMinutes: 2 * hour + 25,
    settlesAs: 'queued',
  },
  {
    authorId: null,
    connector: 'support',
    to: ['Northgate Pharmacies <facilities@northgate-pharmacies.example>'],
    subject: 'Maintenance window tonight, 22:00–23:30',
    text: 'This is an automatic reminder.\n\nYour monitoring gateway will be updated tonight between 22:00 and 23:30. Alarms stay active.\n\nMeridian Service Desk',
    packetRef: '101377-T',
    dueInMinutes: 5 * hour,
    settlesAs: 'queued',
  },
  {
    authorId: 'lucas.girard',
    connector: 'support',
    to: ['Service achats <achats@vanacker.example>'],
    cc: ['Joris Van Acker <joris@vanacker.example>'],
    subject: 'Relevé hebdomadaire des livraisons en retard',
    text: 'Bonjour,\n\nVoici le relevé de la semaine, palettes retrouvées comprises.\n\nCordialement,\nLucas Girard',
    files: [
      csvFile('livraisons-en-retard.csv', [
        ['Bon', 'Site', 'Prévu', 'Livré', 'Palettes manquantes'],
        ['BL-5521', 'Gand', '2026-10-19', '2026-10-21', 4],
        ['BL-5534', 'Anvers', '2026-10-26', '2026-10-27', 0],
        ['BL-5560', 'Bruges, quai 2', '2026-11-02', '', 1],
      ]),
    ],
    packetRef: '101021-C',
    dueInMinutes: 4 * day,
    settlesAs: 'queued',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'sales',
    to: ['Dana Okafor <dana.okafor@kestrel-logistics.example>'],
    subject: 'Site visit: safety form to sign beforehand',
    text: 'Hi Dana,\n\nAs agreed, here is the safety form. Please bring it signed; without it the plant will not let us in.\n\nSee you on Friday,\nNoah',
    files: [
      pdfFile('Site safety form.pdf', 'Site safety form', [
        'Visitor: Dana Okafor, Kestrel Logistics',
        'Shoes, vest and glasses are provided at the gate.',
        'Signature: ______________________',
      ]),
    ],
    packetRef: '101400-A',
    dueInMinutes: day + 2 * hour,
    settlesAs: 'queued',
  },
  {
    authorId: 'amelie.roussel',
    connector: 'support',
    to: ['Comptabilité <compta@brasserie-vieux-port.example>'],
    subject: 'Avoir A-0417 pour la facture F-2291 reçue deux fois',
    text: 'Bonjour,\n\nVeuillez trouver l’avoir pour la facture émise par erreur une seconde fois. Avec toutes nos excuses.\n\nAmélie Roussel',
    files: [
      pdfFile('Avoir A-0417.pdf', 'Avoir A-0417', [
        'Annule la facture F-2291 (second exemplaire)',
        'Montant : 1 284,60 EUR',
      ]),
    ],
    importance: 'high',
    packetRef: '101358-T',
    dueInMinutes: 17 * hour,
    settlesAs: 'queued',
  },
  {
    authorId: 'maeve.oconnor',
    connector: 'sales',
    to: ['Review board <review@kestrel-logistics.example>'],
    subject: 'Quarterly review: agenda and figures',
    text: 'Hello,\n\nThe agenda and the figures of the quarter are attached.\n\nMaeve',
    files: [
      csvFile('quarter-figures.csv', [
        ['Month', 'Tickets', 'Solved within a day'],
        ['September', 412, 371],
        ['October', 388, 360],
      ]),
    ],
    dueInMinutes: 5 * day,
    settlesAs: 'queued',
  },
  {
    authorId: 'lucas.girard',
    connector: 'support',
    to: ['Dépôt d’Anvers <depot@vanacker.example>'],
    subject: 'Rappel : inventaire du dépôt',
    text: 'Bonjour,\n\nL’inventaire commence lundi à 7 h. Merci de libérer les quais 1 à 3.\n\nLucas',
    packetRef: '101021-C',
    dueInMinutes: 6 * day,
    settlesAs: 'queued',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'sales',
    to: ['Purchasing <purchasing@northgate-pharmacies.example>'],
    subject: 'Spare parts price list, valid from January',
    text: 'Hello,\n\nThe new price list is on its way to you before the holidays.\n\nNoah',
    importance: 'low',
    dueInMinutes: 9 * day,
    settlesAs: 'queued',
  },
];
