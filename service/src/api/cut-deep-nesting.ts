/** Far deeper than any email that a person wrote, and shallow enough for a parser whose time grows with the depth. */
const deepest = 5_000;

/** Elements that have no end tag, or whose end tag is often left out: they do not nest without another one that does. */
const notNesting = new Set(
  (
    'area base br col embed hr img input link meta param source track wbr ' +
    'p li dt dd tr td th thead tbody tfoot option'
  ).split(' '),
);

/** Cuts HTML off where it nests so deep that sanitising it would hold up everybody else for minutes. */
export function cutDeepNesting(html: string): string {
  let depth = 0;
  for (const { 1: end, 2: name = '', index } of html.matchAll(/<(\/?)([a-z][^\s/>]{0,30})/gi)) {
    if (notNesting.has(name.toLowerCase())) continue;
    depth = end ? Math.max(0, depth - 1) : depth + 1;
    if (depth > deepest) return html.slice(0, index);
  }
  return html;
}
