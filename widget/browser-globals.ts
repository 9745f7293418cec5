/**
 * Stand-ins, for a server that imports the bundle, for what Lit reads while it is loaded. Only the bundle sees
 * them; in a browser they are the browser's own.
 */
const browserDocument = globalThis.document ?? { createTreeWalker: () => null };
const BrowserElement = globalThis.HTMLElement ?? Object;

export { browserDocument as document, BrowserElement as HTMLElement };
