/**
 * Whether a change may be made to what has this revision (RFC 9110 13.1.1): whoever names no ETag takes it as it is.
 *
 * @param header value of If-Match
 */
export function matchesRevision(header: string | undefined, revision: number): boolean {
  if (header === undefined || header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim() === etagOf(revision));
}

export function etagOf(revision: number): string {
  return `"${revision}"`;
}
