let timer: ReturnType<typeof setTimeout> | undefined;

/** A line at the foot of the page that goes by itself. */
export function notify(text: string, kind: 'done' | 'problem' = 'done'): void {
  const notice = document.querySelector<HTMLElement>('#notice')!;
  notice.textContent = text;
  notice.dataset['kind'] = kind;
  notice.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (notice.hidden = true), kind === 'done' ? 4000 : 8000);
}
