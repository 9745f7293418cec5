import { pdfFile, pngFile } from './demo-files.ts';
import type { Letter } from './letter.ts';

/** The mail server refuses them for good at the first attempt: Failed. */
export const refusedLetters: readonly Letter[] = [
  {
    authorId: 'noah.whitfield',
    connector: 'support',
    to: ['Ellen Hartley <e.hartley@northgate-pharmacies.example>'],
    subject: 'RE: Cold room alarm after the firmware update',
    text: 'Hello,\n\nWe have found the cause: the sensor restarts while the nightly backup runs. Version 4.2.2 corrects it and comes on the 18th.\n\nNoah Whitfield',
    importance: 'high',
    packetRef: '101377-T',
    answer: {
      reply:
        '550 5.1.1 <e.hartley@northgate-pharmacies.example>: Recipient address rejected: User unknown in virtual mailbox table',
      phase: 'rcpt',
      times: 1,
    },
    settlesAs: 'failed',
  },
  {
    authorId: 'amelie.roussel',
    connector: 'support',
    to: ['Dr Antoine Vasseur <a.vaseur@clinique-tilleuls.example>'],
    subject: 'Fiches techniques et certificats CE',
    text: 'Bonjour Docteur,\n\nVoici cinq des six fiches. La dernière suit demain.\n\nAmélie Roussel',
    files: [
      pdfFile('Fiche technique HF-220.pdf', 'Fiche technique HF-220', [
        'Débit nominal : 220 m3/h',
        'Perte de charge : 45 Pa',
      ]),
      pdfFile('Certificat CE 0459.pdf', 'Certificat CE 0459', ['Conforme à la directive 2006/42/CE']),
    ],
    packetRef: '101412-A',
    answer: {
      reply: '550 5.1.1 The email account that you tried to reach does not exist. Check for typos.',
      phase: 'rcpt',
    },
    settlesAs: 'failed',
  },
  {
    authorId: 'priya.raman',
    connector: 'support',
    to: ['Claims desk <claims@rapid-freight.example>'],
    cc: ['Erik Hallström <erik@hallstrom-filtration.example>'],
    subject: 'Damage claim RF-77120: photos of the torn pallet wrap',
    text: 'Dear Sir or Madam,\n\nPlease find the photos taken at unloading. We hold you liable for two HF-220 filters.\n\nPriya Raman',
    files: [pngFile('pallet-wrap-torn.png', 320, 200, [122, 88, 60], [214, 190, 150])],
    packetRef: '101342-T',
    answer: {
      reply: '554 5.7.1 Service unavailable; client host [203.0.113.24] blocked using bl.senderscore.example',
      phase: 'rcpt',
      times: 1,
    },
    settlesAs: 'failed',
  },
  {
    authorId: null,
    connector: 'support',
    to: ['accueil@brasserie-vieux-port.example'],
    subject: 'Accusé de réception : votre demande 101358-T',
    text: 'Nous avons bien reçu votre demande. Elle porte le numéro 101358-T.\n\nMeridian, message automatique',
    packetRef: '101358-T',
    answer: { reply: '550 5.1.1 Utilisateur inconnu', phase: 'rcpt', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'maeve.oconnor',
    connector: 'sales',
    to: ['Procurement <achats@ateliers-beaumont.example>'],
    subject: 'Updated price list and macro-enabled calculator',
    text: 'Hello,\n\nThe calculator is attached; please allow macros.\n\nMaeve',
    files: [
      {
        fileName: 'Price calculator 2027.xlsm',
        contentType: 'application/vnd.ms-excel.sheet.macroEnabled.12',
        bytes: Buffer.from('demo spreadsheet\n'.repeat(400)),
      },
    ],
    packetRef: '100987-C',
    answer: { reply: '554 5.6.0 Attachment type .xlsm is not accepted here', phase: 'data' },
    settlesAs: 'failed',
  },
  {
    authorId: 'lucas.girard',
    connector: 'support',
    to: ['Dépôt d’Anvers <depot.antwerpen@vanacker.example>'],
    subject: 'Quatre palettes manquantes : photos et bon de livraison',
    text: 'Bonjour,\n\nPouvez-vous vérifier le quai 2 ? Le bon de livraison signé avec réserves est joint.\n\nLucas',
    files: [
      pdfFile('Bon de livraison BL-5521.pdf', 'Bon de livraison BL-5521', [
        'Onze palettes annoncées',
        'Sept palettes reçues',
        'Réserves : oui',
      ]),
    ],
    packetRef: '101021-C',
    answer: { reply: '550 5.1.1 No such user here', phase: 'rcpt', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'claire.fontaine',
    connector: 'sales',
    to: ['Marchés publics <marches@ville-aubrac.example>'],
    subject: 'Réponse à l’appel d’offres 2026-114',
    text: 'Mesdames, Messieurs,\n\nVeuillez trouver notre réponse en pièce jointe.\n\nClaire Fontaine',
    files: [
      pdfFile('Réponse 2026-114.pdf', "Appel d'offres 2026-114", [
        'Lot 2 : filtration',
        'Montant : 48 200,00 EUR HT',
      ]),
    ],
    importance: 'high',
    answer: { reply: '552 5.3.4 Message size exceeds the fixed limit of 10 MB', phase: 'data', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'sales',
    to: ['Sam Iverson <sam.iverson@kestrel-logistics.example>'],
    subject: 'Notes from our call and next steps',
    text: 'Hi Sam,\n\nThanks for the call. I will send the visit dates by Wednesday.\n\nNoah',
    packetRef: '101400-A',
    answer: {
      reply: '550 5.2.1 Mailbox disabled, this person has left the company',
      phase: 'rcpt',
      times: 1,
    },
    settlesAs: 'failed',
  },
];

/** The mail server takes it and goes silent after the final dot: Failed, may have been sent. */
export const doubtfulLetter: Letter = {
  authorId: 'claire.fontaine',
  connector: 'sales',
  to: ['Jonathan Price <j.price@northgate-pharmacies.example>'],
  subject: 'Signed addendum to contract 2024-031',
  text: 'Dear Jonathan,\n\nPlease find the countersigned addendum attached.\n\nKind regards,\nClaire Fontaine',
  files: [
    pdfFile('Addendum 2024-031 signed.pdf', 'Addendum to contract 2024-031', [
      'Countersigned on 12 November',
      'Copy for Northgate Pharmacies',
    ]),
  ],
  importance: 'high',
  answer: { reply: null, phase: 'data', times: 1 },
  settlesAs: 'failed',
};
