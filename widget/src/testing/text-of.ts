/** What a reader sees of an element, white space collapsed. */
export function textOf(element: Element | ShadowRoot | null): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
