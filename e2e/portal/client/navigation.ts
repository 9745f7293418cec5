/** A click elsewhere, or Escape, closes the user menu. */
export function closeMenuOutside(): void {
  const menu = document.querySelector<HTMLDetailsElement>('.user-menu');
  if (!menu) return;
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}

/** On a narrow screen the navigation is a strip: its current link comes into sight. */
export function showCurrentLink(): void {
  const current = document.querySelector<HTMLElement>('nav [aria-current]');
  current?.scrollIntoView({ inline: 'center', block: 'nearest' });
}
