import type { TemplateResult } from 'lit';
import { flow } from '@lit-labs/virtualizer/layouts/flow.js';
import { provideResizeObserver } from '@lit-labs/virtualizer/polyfillLoaders/ResizeObserver.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { observeSize } from './observe-size.ts';

/**
 * The only file that knows the virtualizer. It wants rows of one fixed height, a scroller of its own (the
 * element that the directive is in), and gives rows absolute positions: they are grids with ARIA roles, and
 * focus is kept by the caller, because a row that scrolls away is removed. The scroller hears `rangeChanged`
 * just before other rows are rendered.
 */
export function virtualRows<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  render: (item: Item, index: number) => TemplateResult,
) {
  return virtualize<Item>({
    items: items as Item[],
    keyFunction: key,
    renderItem: render,
    layout,
    scroller: true,
  });
}

const layout = flow();

/** The virtualizer makes its observers with `new`; a constructor that returns an object hands that object out. */
provideResizeObserver(function (callback: ResizeObserverCallback) {
  return observeSize(callback);
} as unknown as typeof ResizeObserver);
