import { expect } from 'chai';
import { loadFurtherTexts } from '../i18n/language.ts';
import { Locale } from '../i18n/locale.ts';
import { axeViolations } from '../testing/axe-violations.ts';
import { textOf } from '../testing/text-of.ts';
import { waitFor } from '../testing/wait-for.ts';
import './outbox-preferences.ts';
import type { OutboxPreferences, PreferencesChange, PreferencesHost } from './outbox-preferences.ts';

describe('<outbox-preferences>', () => {
  let panel: OutboxPreferences;
  let saved: PreferencesChange[];
  let isTaken: boolean;
  let isClosed: boolean;
  const host: PreferencesHost = {
    savePreferences: async (change) => {
      saved.push(change);
      if (change.columns !== undefined) panel.columns = change.columns ?? [];
      if (change.undoSeconds !== undefined) panel.undoSeconds = change.undoSeconds;
      return isTaken;
    },
    closePreferences: () => (isClosed = true),
  };
  const root = () => panel.shadowRoot as ShadowRoot;
  const column = (id: string) => root().querySelector<HTMLElement>(`[data-column=${id}]`)!;
  const order = () =>
    [...root().querySelectorAll<HTMLElement>('[data-column]')].map((row) => row.dataset['column']);
  const press = async (button: HTMLElement | null) => {
    button?.click();
    await panel.updateComplete;
  };

  beforeEach(async () => {
    await loadFurtherTexts('en');
    [saved, isTaken, isClosed] = [[], true, false];
    panel = document.createElement('outbox-preferences') as OutboxPreferences;
    Object.assign(panel, { host, locale: new Locale('en'), view: 'team', undoChoices: [0, 5, 10, 60, 120] });
    document.body.append(panel);
    await panel.updateComplete;
  });
  afterEach(() => {
    panel.remove();
    document.documentElement.removeAttribute('style');
  });

  for (const theme of ['light', 'dark']) {
    it(`breaks no rule of axe-core, also when a change was not saved: ${theme}`, async () => {
      document.documentElement.style.colorScheme = theme;
      document.documentElement.style.backgroundColor = theme === 'dark' ? '#16171b' : '#ffffff';
      // It appears slowly: colours mix until it is there.
      await Promise.all(
        root()
          .getAnimations()
          .map(({ finished }) => finished),
      );
      expect(root().querySelector('dialog')?.checkVisibility({ opacityProperty: true })).to.equal(true);
      expect(await axeViolations(panel)).to.deep.equal([]);
      isTaken = false;
      await press(column('packet').querySelector('input'));
      await waitFor(() => root().querySelector('.failed'));
      expect(await axeViolations(panel)).to.deep.equal([]);
    });
  }

  it('lists all 17 columns with what is shown; To and Subject cannot be removed', () => {
    expect(order().length).to.equal(17);
    const boxes = [...root().querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
    const locked = boxes.filter((box) => box.disabled).map((box) => textOf(box.closest('label')));
    expect(locked).to.deep.equal(['To', 'Subject']);
    expect(boxes.filter((box) => box.checked).length).to.equal(8);
  });

  it('shows and hides a column at once', async () => {
    await press(column('connector').querySelector('input'));
    expect(saved[0]?.columns?.find(({ id }) => id === 'connector')).to.deep.include({ shown: true });
    await press(column('packet').querySelector('input'));
    expect(column('packet').querySelector('input')?.checked).to.equal(false);
    expect(column('connector').querySelector('input')?.checked).to.equal(true);
    await waitFor(() => textOf(root().querySelector('[role=status]')) === 'Saved.');
  });

  it('moves a column by Up and Down, keeps the focus on the button, and says the place', async () => {
    const up = column('status').querySelector<HTMLElement>('[data-move=up]')!;
    up.focus();
    await press(up);
    expect(order().slice(0, 4)).to.deep.equal(['to', 'subject', 'status', 'author']);
    expect(root().activeElement).to.equal(up);
    await waitFor(() => textOf(root().querySelector('[role=status]')) === 'Send Status: place 3 of 17');
    await press(up);
    await press(up);
    await press(up);
    expect(order()[0]).to.equal('status');
    expect(up.ariaDisabled).to.equal('true');
    expect(root().activeElement).to.equal(up);
    expect(saved.length).to.equal(3);
  });

  it('sets a width and gives it back', async () => {
    const field = column('subject').querySelector<HTMLInputElement>('.width')!;
    const type = async (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event('change'));
      await panel.updateComplete;
    };
    const width = () => saved.at(-1)?.columns?.find(({ id }) => id === 'subject')?.width;
    await type('320');
    expect(width()).to.equal(320);
    await type('99999');
    expect(width()).to.equal(1200);
    await type('');
    expect(width()).to.equal(undefined);
  });

  it('resets the columns', async () => {
    panel.columns = [{ id: 'packet', shown: true }];
    await panel.updateComplete;
    await press(root().querySelector('[part=reset-columns]'));
    expect(saved).to.deep.equal([{ columns: null }]);
    expect(order().slice(0, 2)).to.deep.equal(['to', 'subject']);
  });

  it('offers the delays of Undo Send that the portal allows, and the one that holds', async () => {
    panel.undoSeconds = 15;
    await panel.updateComplete;
    const select = root().querySelector('select')!;
    expect([...select.options].map(textOf)).to.deep.equal([
      'Off',
      '5 seconds',
      '10 seconds',
      '15 seconds',
      '1 minute',
      '2 minutes',
    ]);
    expect(select.value).to.equal('15');
    select.value = '60';
    select.dispatchEvent(new Event('change'));
    expect(saved).to.deep.equal([{ undoSeconds: 60 }]);
  });

  it('says so when a change was not saved', async () => {
    isTaken = false;
    await press(column('packet').querySelector('input'));
    await waitFor(() => textOf(root().querySelector('.failed')).startsWith('This could not be saved.'));
  });

  it('closes by its button and tells the page', async () => {
    await press(root().querySelector('[aria-label=Dismiss]'));
    await waitFor(() => isClosed);
  });
});
