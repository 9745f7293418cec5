import type { OutboxSortColumn } from '@portal-outbox/contracts';
import type { ArrangedColumn } from './column-choices.ts';

/** Widths that are being dragged, before they are saved; CSS pixels. */
export type DraftWidths = ReadonlyMap<OutboxSortColumn, number>;

/** Tracks of CSS grid for a row: the box, the columns, two actions. */
export function gridTracks(shown: readonly ArrangedColumn[], draft: DraftWidths | null): string {
  let hasShare = false;
  const tracks = shown.map(({ id, least, share, width }) => {
    const fixed = draft?.get(id) ?? width;
    hasShare ||= fixed === null;
    return fixed === null ? `minmax(${least}, ${share}fr)` : `${fixed}px`;
  });
  // Where every column has its width, the room that is left stands before the actions.
  const beforeActions = hasShare ? 'var(--_action-width)' : 'minmax(var(--_action-width), 1fr)';
  return ['var(--_box-width)', ...tracks, beforeActions, 'var(--_action-width)'].join(' ');
}
