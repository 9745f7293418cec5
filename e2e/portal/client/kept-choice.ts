/** A choice about the page's furniture, kept in this browser; forgotten where storage is not allowed. */
export function keptChoice(name: string): string | null {
  try {
    return localStorage.getItem(`meridian.${name}`);
  } catch {
    return null;
  }
}

export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(`meridian.${name}`, value);
  } catch {
    // It is asked for again next time.
  }
}
