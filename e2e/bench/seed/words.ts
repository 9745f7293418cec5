/** What names, subjects and replies are put together from; accents are part of it. */

export const givenNames =
  'Ada Élodie Bruno Chloé Denis Émile Fatima Grégoire Hélène Ibrahim Joëlle Karim Léa Mathéo Noémie Ömer Pénélope Quentin Rémi Søren Thérèse Ursula Véronique Wanda Xavier Yaël Zoé Aïcha Björn Céline'.split(
    ' ',
  );

export const familyNames =
  'Abbé Bélanger Côté Dubé Étienne Fortin Gagné Hébert Ibáñez Jäger Kovács Lévesque Müller Nguyễn Ouellet Pétit Quirós Roy Sørensen Tremblay Ünal Vásquez Weiß Xu Yılmaz Žák Açar Beaulieu Çelik Desrosiers Faßbender Guérin Håkansson Işık Jørgensen Lefèvre Mårtensson Núñez Pépin Renée'.split(
    ' ',
  );

export const subjectBeginnings = [
  'Your order',
  'Votre commande',
  'Invoice',
  'Facture',
  'Reminder for case',
  'Rappel du dossier',
  'Meeting about project',
  'Réunion du projet',
  'Delivery of parcel',
  'Livraison du colis',
  'Answer to your question',
  'Réponse à votre question',
];

export const subjectEndings = [
  'has been delayed',
  'a été retardée',
  'is ready',
  'est prête',
  'needs your signature',
  'attend votre signature',
  'was changed',
  'a été modifiée',
  'is overdue',
  'est en souffrance',
  'has been split',
  'a été fusionnée',
];

export const domains = Array.from({ length: 40 }, (_, index) => `customer${index}.test`);

/** A transient failure of an email whose recipient and number the mail server repeats (`{to}`, `{n}`). */
export const deferrals: readonly (readonly [cause: string, reply: string])[] = [
  ['try_later', '451 4.3.0 Try again later'],
  ['greylisted', '450 4.2.0 <{to}>: Recipient address rejected: Greylisted for 300 seconds'],
  ['mailbox_full', '452 4.2.2 The mailbox of {to} is full'],
  ['rate_limited', '421 4.7.28 Our system has detected an unusual rate of mail. id {n}'],
  ['recipient_busy', '450 4.2.1 The user you are trying to contact is receiving mail too quickly'],
  ['connection_lost', ''],
  ['timed_out', ''],
];

export const refusals: readonly (readonly [cause: string, reply: string])[] = [
  ['unknown_user', '550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table'],
  ['mailbox_disabled', '554 5.2.1 Mailbox disabled, not accepting messages'],
  ['unknown_domain', '550 5.1.2 Host unknown'],
  ['blocked', '554 5.7.1 Service unavailable; Client host blocked using zen.example; ticket {n}'],
  ['content_refused', '550 5.7.1 Message rejected as spam by content scanning (é)'],
  ['relay_denied', '554 5.7.1 Relay access denied'],
  ['too_large', '552 5.3.4 Message size exceeds fixed limit'],
  ['may_have_been_sent', ''],
];
