/** Three levels of teams: leaves under departments under the company. */
export const leaves = 40;
const departments = 8;
const auditors = 5;
const guests = 10;

export const departmentOf = (leaf: number) => leaf % departments;

export interface Person {
  id: string;
  /** The leaf team that the person is a member of. */
  leaf: number | null;
  role: 'boss' | 'head' | 'lead' | 'auditor' | 'guest' | 'member';
  /** Which department or leaf a head or lead leads. */
  leads: number | null;
}

/** So many people, who each have a page open. */
export function peopleOf(count: number): Person[] {
  const person = (id: string, role: Person['role'], leads: number | null = null): Person => ({
    ...{ id, role, leads },
    leaf: null,
  });
  const few = (length: number, make: (at: number) => Person) => Array.from({ length }, (_, at) => make(at));
  const others = [
    person('boss', 'boss'),
    ...few(departments, (at) => person(`head-${at}`, 'head', at)),
    ...few(leaves, (at) => person(`lead-${at}`, 'lead', at)),
    ...few(auditors, (at) => person(`auditor-${at}`, 'auditor')),
    ...few(guests, (at) => person(`guest-${at}`, 'guest')),
  ];
  const members = few(count - others.length, (at) => ({
    ...person(`member-${at}`, 'member'),
    leaf: at % leaves,
  }));
  return [...others, ...members];
}

/** The packet that everybody was given access to: all see its emails. */
export const allHands = 'ALL-HANDS';

/** The directory as the host's back end tells it, an object a line. */
export function directoryOf(people: readonly Person[]): object[] {
  return [
    ...people.map(({ id, role }) => ({
      ...{ kind: 'user', id, name: id, access: role === 'auditor' ? 'all' : 'own' },
    })),
    teamOf('company', null, 'boss', []),
    ...Array.from({ length: departments }, (_, at) =>
      teamOf(`department-${at}`, 'company', `head-${at}`, []),
    ),
    ...Array.from({ length: leaves }, (_, leaf) => leafTeam(leaf, people)),
    {
      ...{ kind: 'packet', id: allHands, type: 'case', title: 'Everybody' },
      ...{ workerIds: ['boss'], accessIds: people.map(({ id }) => id) },
    },
  ];
}

export function leafTeam(leaf: number, people: readonly Person[]) {
  const members = people.filter((person) => person.leaf === leaf).map(({ id }) => id);
  return teamOf(`leaf-${leaf}`, `department-${departmentOf(leaf)}`, `lead-${leaf}`, members);
}

function teamOf(id: string, parentId: string | null, leaderId: string, memberIds: string[]) {
  return { kind: 'team', id, name: id, parentId, leaderId, memberIds };
}

/** Whose an email is. */
export type Ownership =
  | { kind: 'everybody' }
  /** Sent by a member of this leaf. */
  | { kind: 'leaf'; leaf: number; authorId: string }
  | { kind: 'guest'; authorId: string }
  /** System-generated, without a packet. */
  | { kind: 'system' };

/** Said once more, from the organisation and not from the product's rules: whether this person may see that email. */
export function maySee(person: Person, email: Ownership): boolean {
  if (person.role === 'auditor' || email.kind === 'everybody') return true;
  const leads = person.role === 'boss' || person.role === 'head' || person.role === 'lead';
  if (email.kind === 'system') return leads;
  if (email.authorId === person.id) return true;
  if (email.kind === 'guest') return false;
  if (person.role === 'boss') return true;
  if (person.role === 'head') return person.leads === departmentOf(email.leaf);
  return person.role === 'lead' ? person.leads === email.leaf : person.leaf === email.leaf;
}
