/** The people of the demo's business, their teams, and which of them a visitor may be. */
export interface Person {
  id: string;
  name: string;
  /** Shown under the name. */
  title: { en: string; fr: string };
  /** The language they write in. */
  writes: 'en' | 'fr';
  roles: readonly string[];
}

const person = (id: string, name: string, en: string, fr: string, writes: 'en' | 'fr' = 'en'): Person => ({
  id,
  name,
  title: { en, fr },
  writes,
  roles: [],
});

export const people: readonly Person[] = [
  person(
    'claire.fontaine',
    'Claire Fontaine',
    'Team leader, Customer Care',
    'Responsable, Service clients',
    'fr',
  ),
  person('noah.whitfield', 'Noah Whitfield', 'Customer Care', 'Service clients'),
  person('amelie.roussel', 'Amélie Roussel', 'Customer Care', 'Service clients', 'fr'),
  person('priya.raman', 'Priya Raman', 'Customer Care', 'Service clients'),
  person('lucas.girard', 'Lucas Girard', 'Customer Care', 'Service clients', 'fr'),
  person('maeve.oconnor', 'Maeve O’Connor', 'Customer Care', 'Service clients'),
  {
    ...person('rachid.benali', 'Rachid Benali', 'Administrator', 'Administrateur', 'fr'),
    roles: ['administrator'],
  },
  person('tomas.herrera', 'Tomás Herrera', 'Team leader, Field Service', 'Responsable, Interventions'),
  person('jonas.lindqvist', 'Jonas Lindqvist', 'Field Service', 'Interventions'),
  person('sofia.marchetti', 'Sofia Marchetti', 'Field Service', 'Interventions'),
  person('ingrid.solberg', 'Ingrid Solberg', 'Team leader, Finance Desk', 'Responsable, Comptabilité'),
  person('hugo.lefevre', 'Hugo Lefèvre', 'Finance Desk', 'Comptabilité', 'fr'),
];

export const teams = [
  {
    id: 'customer-care',
    name: 'Customer Care',
    leaderId: 'claire.fontaine',
    memberIds: [
      'claire.fontaine',
      'noah.whitfield',
      'amelie.roussel',
      'priya.raman',
      'lucas.girard',
      'maeve.oconnor',
    ],
  },
  {
    id: 'field-service',
    name: 'Field Service',
    leaderId: 'tomas.herrera',
    memberIds: ['tomas.herrera', 'jonas.lindqvist', 'sofia.marchetti'],
  },
  {
    id: 'finance-desk',
    name: 'Finance Desk',
    leaderId: 'ingrid.solberg',
    memberIds: ['ingrid.solberg', 'hugo.lefevre'],
  },
] as const;

/** Whom the switcher in the header offers. The first one is signed in when the address is opened. */
export const visitors = [
  { part: 'leader', personId: 'claire.fontaine' },
  { part: 'member', personId: 'noah.whitfield' },
  { part: 'administrator', personId: 'rachid.benali' },
] as const;

/** Throws when nobody has this id. */
export function personById(id: string): Person {
  const found = people.find((person) => person.id === id);
  if (!found) throw new Error(`No person ${id} in the demo's directory`);
  return found;
}

export const addressOf = (person: Person) => ({
  name: person.name,
  address: `${person.id}@meridian.example`,
});
