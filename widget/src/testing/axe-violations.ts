/** What axe-core says against an element and its shadow trees: rule, and the first place where it is broken. */
export async function axeViolations(element: Element): Promise<string[]> {
  const { axe } = (await loadAxe()) as { axe: Axe };
  const { violations } = await axe.run(element, { resultTypes: ['violations'] });
  return violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html ?? ''}`);
}

interface Axe {
  run(element: Element, options: object): Promise<{ violations: Violation[] }>;
}
interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

let loading: Promise<unknown> | null = null;

/** A script that makes a global, as axe-core comes. */
function loadAxe(): Promise<unknown> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/node_modules/axe-core/axe.min.js';
    script.addEventListener('load', () => resolve(globalThis));
    script.addEventListener('error', () => reject(new Error('axe-core could not be loaded')));
    document.head.append(script);
  });
  return loading;
}
