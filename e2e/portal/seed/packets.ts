/** The work items of the demo's business. Emails belong to them; their pages show this content. */
export interface Packet {
  ref: string;
  type: 'ticket' | 'case' | 'action';
  title: string;
  customer: string;
  /** Days before today. */
  openedDaysAgo: number;
  workerIds: readonly string[];
  summary: string;
  notes: readonly { by: string; daysAgo: number; time: string; text: string }[];
}

export const packets: readonly Packet[] = [
  {
    ref: '101342-T',
    type: 'ticket',
    title: 'Replacement filters for the Lyon plant',
    customer: 'Hallström Filtration AB',
    openedDaysAgo: 11,
    workerIds: ['claire.fontaine', 'priya.raman'],
    summary:
      'Two of the twelve HF-220 filters delivered on 30 October have cracked housings. The customer needs replacements before the maintenance stop of week 48.',
    notes: [
      {
        by: 'Priya Raman',
        daysAgo: 11,
        time: '09:12',
        text: 'Photos received. Clearly damaged in transit, the pallet wrap is torn.',
      },
      {
        by: 'Claire Fontaine',
        daysAgo: 10,
        time: '14:40',
        text: 'Carrier accepts liability. Replacement order 88410 released.',
      },
    ],
  },
  {
    ref: '101358-T',
    type: 'ticket',
    title: 'Facture en double pour octobre',
    customer: 'Brasserie du Vieux-Port',
    openedDaysAgo: 9,
    workerIds: ['amelie.roussel', 'lucas.girard'],
    summary: 'Le client a reçu deux fois la facture F-2291. Un avoir est à émettre pour la seconde.',
    notes: [
      {
        by: 'Amélie Roussel',
        daysAgo: 9,
        time: '10:05',
        text: 'Les deux factures portent le même bon de livraison.',
      },
      {
        by: 'Hugo Lefèvre',
        daysAgo: 9,
        time: '16:31',
        text: 'Avoir A-0417 préparé, il part avec le prochain relevé.',
      },
    ],
  },
  {
    ref: '101377-T',
    type: 'ticket',
    title: 'Cold room alarm after the firmware update',
    customer: 'Northgate Pharmacies',
    openedDaysAgo: 4,
    workerIds: ['noah.whitfield', 'jonas.lindqvist'],
    summary:
      'Since firmware 4.2.1 the cold room raises a door alarm every night at 02:00 although the door is shut.',
    notes: [
      {
        by: 'Noah Whitfield',
        daysAgo: 4,
        time: '08:47',
        text: 'Customer sent the log. The sensor restarts at the time of the backup.',
      },
      {
        by: 'Jonas Lindqvist',
        daysAgo: 4,
        time: '11:20',
        text: 'Reproduced in the workshop. 4.2.2 is planned for the 18th.',
      },
    ],
  },
  {
    ref: '100987-C',
    type: 'case',
    title: 'Contract renewal 2027',
    customer: 'Ateliers Beaumont',
    openedDaysAgo: 30,
    workerIds: ['claire.fontaine', 'maeve.oconnor'],
    summary:
      'The three-year service contract ends on 31 December. The customer asks for weekend cover and a price for a fourth site.',
    notes: [
      {
        by: 'Maeve O’Connor',
        daysAgo: 30,
        time: '15:02',
        text: 'First call. They are content, and comparing with two other offers.',
      },
      {
        by: 'Claire Fontaine',
        daysAgo: 7,
        time: '09:30',
        text: 'Offer 2 with weekend cover agreed with Finance.',
      },
    ],
  },
  {
    ref: '101021-C',
    type: 'case',
    title: 'Réclamation : livraison incomplète à Gand',
    customer: 'Van Acker & Zonen',
    openedDaysAgo: 23,
    workerIds: ['lucas.girard', 'amelie.roussel'],
    summary:
      'Il manque quatre palettes sur onze. Le transporteur affirme avoir tout livré, le client a signé avec réserves.',
    notes: [
      {
        by: 'Lucas Girard',
        daysAgo: 23,
        time: '11:18',
        text: 'Bon de livraison avec réserves reçu et joint.',
      },
      { by: 'Lucas Girard', daysAgo: 8, time: '17:03', text: 'Trois palettes retrouvées au dépôt d’Anvers.' },
    ],
  },
  {
    ref: '101400-A',
    type: 'action',
    title: 'Call back about the site visit',
    customer: 'Kestrel Logistics',
    openedDaysAgo: 2,
    workerIds: ['noah.whitfield', 'maeve.oconnor'],
    summary:
      'Agree a date for the site visit with the new facility manager, and send the safety form beforehand.',
    notes: [
      { by: 'Maeve O’Connor', daysAgo: 2, time: '13:55', text: 'Left a message. She is back on Thursday.' },
    ],
  },
  {
    ref: '101412-A',
    type: 'action',
    title: 'Envoyer les fiches techniques',
    customer: 'Clinique des Tilleuls',
    openedDaysAgo: 1,
    workerIds: ['amelie.roussel', 'claire.fontaine'],
    summary: 'Fiches techniques et certificats CE des six appareils, avant la réunion du comité.',
    notes: [{ by: 'Amélie Roussel', daysAgo: 1, time: '09:21', text: 'Cinq fiches sur six prêtes.' }],
  },
];

/** `undefined` when no work item has this reference. */
export const packetByRef = (ref: string): Packet | undefined => packets.find((packet) => packet.ref === ref);
