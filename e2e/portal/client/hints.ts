import { keepChoice, keptChoice } from './kept-choice.ts';

/** The strip of hints, until it is closed once. */
export function showHints(): void {
  const hints = document.querySelector<HTMLElement>('#hints');
  if (!hints) return;
  hints.hidden = keptChoice('hints') === 'closed';
  document.querySelector('#close-hints')?.addEventListener('click', () => {
    keepChoice('hints', 'closed');
    hints.hidden = true;
  });
}
