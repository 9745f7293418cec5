/** An email that the portal's older system could not send, as the portal's back end imports it. */
export interface MigratedLetter {
  /** Its name in the older system. */
  externalId: string;
  authorId: string;
  /** `Name <address>` or an address alone. */
  to: readonly string[];
  subject: string;
  text: string;
  submittedAt: string;
  failure?: { at: string; message: string };
  attempts: number;
}

/** Of other teams and of the administrator, who sees them all. */
export const migratedLetters: readonly MigratedLetter[] = [
  {
    externalId: 'postbox-2021-004417',
    authorId: 'tomas.herrera',
    to: ['Workshop Malmö <workshop@hallstrom-filtration.example>'],
    subject: 'Spare parts for bench 2',
    text: 'Hi,\n\nwhich seals do you still have for bench 2?\n\nTomás',
    submittedAt: '2021-10-31T02:30:00+01:00',
    failure: { at: '2021-10-31T08:00:00+01:00', message: '451 4.7.1 Greylisting in action' },
    attempts: 4,
  },
  {
    externalId: 'postbox-2021-004420',
    authorId: 'rachid.benali',
    to: ['Tous les sites <sites@lists.meridian.example>'],
    subject: 'Fermeture annuelle : messagerie',
    text: 'Bonjour,\n\nLa messagerie reste ouverte pendant la fermeture annuelle.\n\nRachid Benali',
    submittedAt: '2021-12-17T16:05:00+01:00',
    attempts: 1,
  },
];
