/** Dialogs of the page that come together, when one of them is first opened. */
import './bulk-question.ts';
import './bulk-results.ts';
import './filter-panel.ts';
import './shortcuts-dialog.ts';
