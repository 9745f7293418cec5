/**
 * Registers an element. A name already taken stays as it is: the first version on a page wins. The widget's
 * only word on the console says so.
 */
export function defineElement(name: string, element: CustomElementConstructor): void {
  if (typeof customElements === 'undefined') return;
  const present = customElements.get(name);
  if (!present) customElements.define(name, element);
  else if (present !== element) {
    // oxlint-disable-next-line no-console -- a second version on one page is for its developer to see
    console.info(`Portal Outbox: <${name}> is defined already; the first version stays.`);
  }
}
