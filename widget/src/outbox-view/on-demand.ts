/** Parts of the page that most visits never open: their code comes when they are first asked for. */
const parts = {
  popup: () => import('../outbox-popup/outbox-popup.ts'),
  settings: () => import('../outbox-preferences/outbox-preferences.ts'),
  dialogs: () => import('./page-dialogs.ts'),
} as const satisfies Record<string, () => Promise<unknown>>;

export type PartName = keyof typeof parts;

/** `false`: its code could not be fetched. */
export async function loadPart(name: PartName): Promise<boolean> {
  return parts[name]().then(
    () => true,
    () => false,
  );
}
