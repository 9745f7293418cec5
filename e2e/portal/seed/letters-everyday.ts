import type { Letter, LetterAnswer } from './letter.ts';

const greylisted: LetterAnswer = { reply: '451 4.7.1 Greylisted, please try again', phase: 'rcpt', times: 1 };
const busyForAWhile: LetterAnswer = {
  reply: '451 4.3.2 Too many sessions, try later',
  phase: 'rcpt',
  times: 3,
};
const fullUntilRetry: LetterAnswer = { reply: '452 4.2.2 Mailbox full', phase: 'rcpt', times: 4 };

type EverydayLetter = Pick<Letter, 'authorId' | 'subject' | 'text' | 'packetRef' | 'answer'> & { to: string };

/** What the demo's people write during the day, over and over: most go through, some on a later try. */
const letters: readonly EverydayLetter[] = [
  {
    authorId: 'priya.raman',
    to: 'Erik Hallström <e.hallstrom@hallstrom-filtration.example>',
    subject: 'Replacement filters have left the warehouse',
    text: 'Hello Erik,\n\nYour filters are on their way.\n\nPriya',
    packetRef: '101342-T',
    answer: greylisted,
  },
  {
    authorId: 'lucas.girard',
    to: 'Quai de Gand <quai.gand@vanacker.example>',
    subject: 'Confirmation du passage de vendredi',
    text: 'Bonjour,\n\nC’est noté pour vendredi à 8 h.\n\nLucas',
    packetRef: '101021-C',
  },
  {
    authorId: null,
    to: 'Dana Okafor <d.okafor@kestrel-logistics.example>',
    subject: 'We have received your request 101400-A',
    text: 'Thank you. Your request has the number 101400-A.\n\nMeridian Service Desk',
    packetRef: '101400-A',
    answer: greylisted,
  },
  {
    authorId: 'noah.whitfield',
    to: 'Maintenance <maintenance@northgate-pharmacies.example>',
    subject: 'Firmware 4.2.2: release notes',
    text: 'Hello,\n\n4.2.2 is out on the 18th; the nightly alarm is gone.\n\nNoah',
    packetRef: '101377-T',
    answer: busyForAWhile,
  },
  {
    authorId: 'amelie.roussel',
    to: 'Comptabilité <compta@brasserie-vieux-port.example>',
    subject: 'Votre relevé de novembre',
    text: 'Bonjour,\n\nLe relevé tient compte de l’avoir.\n\nAmélie',
    packetRef: '101358-T',
  },
  {
    authorId: 'claire.fontaine',
    to: 'Hélène Beaumont <helene.beaumont@ateliers-beaumont.example>',
    subject: 'Suite à notre appel',
    text: 'Bonjour Madame Beaumont,\n\nMerci pour votre temps ce matin.\n\nClaire Fontaine',
    packetRef: '100987-C',
    answer: greylisted,
  },
  {
    authorId: 'noah.whitfield',
    to: 'Gatehouse <gatehouse@kestrel-logistics.example>',
    subject: 'Parking at the gate',
    text: 'Hello,\n\nWe use the visitors’ places on the left.\n\nNoah',
    packetRef: '101400-A',
  },
  {
    authorId: 'maeve.oconnor',
    to: 'Ruth Adeyemi <r.adeyemi@kestrel-logistics.example>',
    subject: 'Which day suits you for the visit?',
    text: 'Hi Ruth,\n\nTuesday or Thursday?\n\nMaeve',
    packetRef: '101400-A',
    answer: fullUntilRetry,
  },
  {
    authorId: 'amelie.roussel',
    to: 'Secrétariat <secretariat@clinique-tilleuls.example>',
    subject: 'La sixième fiche technique',
    text: 'Bonjour,\n\nVoici la dernière fiche.\n\nAmélie',
    packetRef: '101412-A',
    answer: greylisted,
  },
  {
    authorId: null,
    to: 'Brasserie du Vieux-Port <contact@brasserie-vieux-port.example>',
    subject: 'Votre demande 101358-T a été mise à jour',
    text: 'Votre demande a été mise à jour.\n\nMeridian, message automatique',
    packetRef: '101358-T',
  },
];

/** The `turn`-th email of the day (0, 1, 2, …), the same for the same turn. */
export function everydayLetter(turn: number): Letter {
  const letter = letters[turn % letters.length]!;
  return { ...letter, connector: turn % 3 === 0 ? 'sales' : 'support', to: [letter.to] };
}
