/**
 * Calls back in the next frame. Changing the layout within the observer's own callback leaves "undelivered notifications",
 * which browsers report to the host page as an error.
 */
export function observeSize(callback: ResizeObserverCallback): ResizeObserver {
  return new ResizeObserver((entries, observer) => {
    requestAnimationFrame(() => callback(entries, observer));
  });
}
