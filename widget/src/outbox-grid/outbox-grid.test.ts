// Longer than 300 lines: what one grid does, in the order in which a person meets it.
import { expect } from 'chai';
import { GridFixture } from '../testing/grid-fixture.ts';
import { textOf } from '../testing/text-of.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';

describe('<outbox-grid>', () => {
  let fixture: GridFixture;
  const open = async (emails = sampleEmails(3), options = {}) => {
    fixture = new GridFixture(emails);
    return fixture.open(options);
  };
  const showAll = ['author', 'connector', 'importance', 'systemGenerated', 'lastAttemptAt', 'firstFailedAt']
    .concat(['packetType', 'attachmentCount', 'from', 'submittedAt'])
    .map((id) => ({ id, shown: true }));
  afterEach(() => fixture.close());

  describe('columns', () => {
    it('shows the usual ones, with their exact names in both languages', async () => {
      await open();
      expect(fixture.headers).to.deep.equal([
        'select',
        'To',
        'Subject',
        'Send Status',
        'Last Send Failure Message',
        'Next Attempt To Send',
        'Packet',
        'Send Retry Count',
      ]);
      fixture.close();
      await open([], { lang: 'fr' });
      expect(fixture.headers.slice(1)).to.deep.equal([
        'À',
        'Objet',
        'Statut de l’envoi',
        'Message d’échec du dernier envoi',
        'Prochaine tentative d’envoi',
        'Paquet',
        'Nombre de tentatives d’envoi',
      ]);
    });

    it('shows all 17, each with what it is for', async () => {
      const email = sampleEmail({ importance: 'low', attachmentCount: 2, systemGenerated: true });
      fixture = new GridFixture([email]);
      fixture.grid.columns = showAll;
      await fixture.open();
      expect(fixture.headers.toSorted()).to.deep.equal(
        [
          ...['select', 'To', 'Subject', 'Email Connector', 'Importance', 'System Generated'],
          ...[
            'Last Attempt To Send',
            'Last Send Failure Message',
            'Logged',
            'Next Attempt To Send',
            'Packet',
          ],
          ...[
            'Packet Type',
            'Send Retry Count',
            'Send Status',
            'Attachment Count',
            'Sent By',
            'From',
            'Submitted',
          ],
        ].toSorted(),
      );
      const texts = {
        connector: 'Sales SMTP',
        importance: 'Low',
        systemGenerated: 'yes',
        lastAttemptAt: '10:00',
        firstFailedAt: '09:00',
        packetType: 'Ticket',
        attachmentCount: '2',
        author: 'Grace Hopper',
        from: 'Grace Hopper',
      };
      for (const [cell, text] of Object.entries(texts)) {
        expect(fixture.text(email, cell).endsWith(text), cell).to.equal(true);
      }
      expect(fixture.grid.shadowRoot?.querySelector('[role=grid]')?.getAttribute('aria-colcount')).to.equal(
        '20',
      );
    });

    it('leaves empty what an email does not have', async () => {
      const email = sampleEmail({
        packet: null,
        lastFailure: null,
        lastAttemptAt: null,
        firstFailedAt: null,
      });
      const quiet = { ...email, author: null, nextAttemptAt: null };
      fixture = new GridFixture([quiet]);
      fixture.grid.columns = showAll;
      await fixture.open();
      for (const cell of ['packet', 'failureMessage', 'nextAttemptAt']) {
        expect(fixture.text(quiet, cell), cell).to.equal('');
      }
      expect(fixture.cell(quiet, 'author').querySelector('bdi')).to.equal(null);
    });

    it('tells an administrator the way to a disabled connector, and others whom to ask', async () => {
      const email = sampleEmail({ status: 'connector_disabled' });
      await open([email]);
      const sentence = 'The Email connector is disabled. Please enable it and try again.';
      expect(fixture.text(email, 'failureMessage')).to.equal(`${sentence}Ask an administrator`);
      Object.assign(fixture, { connectorHref: () => '/connectors/c1' });
      fixture.grid.isAdministrator = true;
      await fixture.settled();
      const link = fixture.cell(email, 'failureMessage').querySelector('a');
      expect(link?.getAttribute('href')).to.equal('/connectors/c1');
      expect(fixture.text(email, 'failureMessage')).to.equal(`${sentence}Sales SMTP`);
    });
  });

  describe('sort', () => {
    it('goes up, down and back at presses of a header, by key too', async () => {
      await open();
      const sorted = () => fixture.root.querySelector('[aria-sort]');
      const press = () => fixture.click(fixture.header('subject').querySelector('button')!);
      expect(sorted()).to.equal(null);
      await press();
      expect(sorted()?.ariaSort).to.equal('ascending');
      await press();
      expect(fixture.grid.sort).to.equal('-subject');
      expect(sorted()?.ariaSort).to.equal('descending');
      await press();
      expect(fixture.grid.sort).to.equal('-submittedAt');
      fixture.header('packet').focus();
      await fixture.press('Enter');
      await fixture.press(' ');
      expect(fixture.grid.sort).to.equal('-packet');
      expect(fixture.focus).to.equal('header packet');
    });
  });

  describe('widths', () => {
    const drag = async (column: string, distance: number, end = 'pointerup') => {
      // Fetched when somebody comes to the headers.
      await import('./resize-column.ts');
      const handle = fixture.header(column).querySelector('.resize')!;
      // A synthetic pointer cannot be captured.
      Object.assign(handle, { hasPointerCapture: () => true });
      const fire = async (type: string, clientX: number) => {
        handle.dispatchEvent(new PointerEvent(type, { clientX, pointerId: 7, button: 0, bubbles: true }));
        await fixture.settled();
      };
      await fire('pointerdown', 500);
      await fire('pointermove', 500 + distance / 2);
      await fire('pointermove', 500 + distance);
      await fire(end, 500 + distance);
    };
    const widthOf = (column: string) => Math.round(fixture.header(column).getBoundingClientRect().width);

    it('follows the dragged edge, and saves the width once', async () => {
      await open();
      const [to, subject] = [widthOf('to'), widthOf('subject')];
      await drag('subject', 60);
      expect(widthOf('subject')).to.equal(subject + 60);
      expect(widthOf('to')).to.equal(to);
      expect(fixture.saved.length).to.equal(1);
      expect(fixture.saved[0]?.find(({ id }) => id === 'subject')?.width).to.equal(subject + 60);
      expect(fixture.cell(fixture.grid.rows[0]!.email, 'subject').getBoundingClientRect().width).to.equal(
        fixture.header('subject').getBoundingClientRect().width,
      );
    });

    it('is as before when the drag is called off', async () => {
      await open();
      const before = widthOf('subject');
      await drag('subject', 60, 'pointercancel');
      expect(widthOf('subject')).to.equal(before);
      expect(fixture.saved).to.deep.equal([]);
    });

    it('follows the edge from right to left', async () => {
      fixture = new GridFixture(sampleEmails(1));
      fixture.grid.dir = 'rtl';
      await fixture.open();
      const before = widthOf('subject');
      await drag('subject', -60);
      expect(widthOf('subject')).to.equal(before + 60);
    });

    it('changes by Shift and arrows on a header, and is given back by a double-click', async () => {
      await open();
      const before = widthOf('to');
      fixture.header('to').focus();
      await fixture.press('ArrowRight', { shiftKey: true });
      await fixture.press('ArrowRight', { shiftKey: true });
      expect(widthOf('to')).to.equal(before + 32);
      await fixture.press('ArrowLeft', { shiftKey: true });
      expect(widthOf('to')).to.equal(before + 16);
      expect(fixture.focus).to.equal('header to');
      fixture
        .header('to')
        .querySelector('.resize')!
        .dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
      await fixture.settled();
      expect(widthOf('to')).to.equal(before);
    });

    it('scrolls sideways when columns need more room, with box and actions in sight', async () => {
      const [email] = sampleEmails(1);
      fixture = new GridFixture([email!]);
      fixture.grid.columns = showAll;
      await fixture.open({ width: 800 });
      const scroller = fixture.root.querySelector('.scroller')!;
      expect(scroller.scrollWidth).to.be.greaterThan(1200);
      scroller.scrollLeft = 400;
      await fixture.settled();
      const edges = (cell: string) => fixture.cell(email!, cell).getBoundingClientRect();
      expect(edges('select').left).to.equal(scroller.getBoundingClientRect().left);
      expect(edges('cancel').right).to.equal(scroller.getBoundingClientRect().right);
      expect(fixture.header('select').getBoundingClientRect().left).to.equal(edges('select').left);
    });

    it('needs no sideways scrolling for the usual columns at 800 pixels', async () => {
      await open(sampleEmails(3), { width: 800 });
      const scroller = fixture.root.querySelector('.scroller')!;
      expect(scroller.scrollWidth).to.equal(scroller.clientWidth);
    });
  });

  describe('rows', () => {
    it('renders what is in sight of 500 rows, wherever one scrolls', async () => {
      const emails = sampleEmails(500);
      await open(emails);
      const scroller = fixture.root.querySelector('.scroller')!;
      for (const place of [0, 137, 480, 20]) {
        scroller.scrollTop = place * 38;
        await fixture.settled();
        const top = Math.min(place, 487);
        for (let index = top; index < top + 12; index += 1) {
          expect(fixture.shownIds).to.include(emails[index]!.id);
        }
        expect(fixture.shownIds.length).to.be.lessThan(50);
      }
      expect(fixture.root.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).to.equal('501');
    });

    it('stay where they are on the screen when one above them goes', async () => {
      const emails = sampleEmails(200);
      await open(emails);
      const scroller = fixture.root.querySelector('.scroller')!;
      scroller.scrollTop = 100 * 38;
      await fixture.settled();
      const place = () => fixture.cell(emails[103]!, 'to').getBoundingClientRect().top;
      const before = place();
      await fixture.show(emails.filter((_, index) => index !== 4 && index !== 50));
      expect(place()).to.equal(before);
    });

    it('keeps the order of the rows in the document, for who reads it by ear', async () => {
      const emails = sampleEmails(300);
      await open(emails);
      await fixture.focusCell(emails[0]!);
      fixture.root.querySelector('.scroller')!.scrollTop = 3000;
      await fixture.settled();
      const shown = fixture.shownIds;
      expect(shown[0]).to.equal(emails[0]!.id);
      const places = shown.map((id) => emails.findIndex((email) => email.id === id));
      expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    });

    it('grey out where they have left or no longer fit', async () => {
      const [sent, changed, usual] = sampleEmails(3);
      await open([sent!, changed!, usual!]);
      const [first, second, third] = fixture.grid.rows;
      fixture.grid.rows = [{ ...first!, left: 'sent', leftAt: 1 }, { ...second!, fits: false }, third!];
      await fixture.settled();
      const tone = (email = usual!) => getComputedStyle(fixture.cell(email, 'to')).color;
      expect(tone(sent)).to.equal(tone(changed)).and.not.to.equal(tone());
      expect(fixture.text(sent!, 'status')).to.equal('Sent');
      expect(fixture.cell(sent!, 'retry').querySelector('button')).to.equal(null);
    });

    it('show grey lines below the headers while they are on their way', async () => {
      fixture = new GridFixture();
      fixture.grid.loading = true;
      await fixture.open();
      expect(fixture.root.querySelectorAll('.skeleton').length).to.be.greaterThan(10);
      expect(textOf(fixture.root.querySelector('[role=status]'))).to.equal('Loading emails');
      fixture.grid.loading = false;
      await fixture.show(sampleEmails(2));
      expect(fixture.root.querySelector('.skeleton')).to.equal(null);
      expect(fixture.shownIds.length).to.equal(2);
    });

    it('show hostile names, subjects and replies as text, bidi controls within their cell', async () => {
      const hostile = '<img src=x onerror="globalThis.pwned = true">\u202e';
      const email = sampleEmail({
        subject: hostile,
        to: { first: { name: hostile, address: 'a@example.com' }, count: 1 },
        from: { name: hostile, address: 'a@example.com' },
        author: { id: 'u', name: hostile },
        connector: { id: 'c', name: hostile, pausedUntil: null },
        packet: { ref: hostile, type: 'case', url: null },
        lastFailure: { cause: 'refused', reply: hostile },
      });
      fixture = new GridFixture([email]);
      fixture.grid.columns = showAll;
      await fixture.open();
      const row = fixture.cell(email, 'to').closest('[role=row]')!;
      expect(textOf(row).split(hostile.trim()).length - 1).to.equal(7);
      expect(row.querySelector('img')).to.equal(null);
      const outside = [...row.querySelectorAll('bdi')].reduce(
        (text, bdi) => text.replace(textOf(bdi), ''),
        textOf(row),
      );
      expect(outside).not.to.contain('\u202e');
    });
  });

  describe('as cards', () => {
    it('are the same rows and roles, one below the other, with a menu for the order', async () => {
      const emails = sampleEmails(100);
      await open(emails, { width: 380 });
      const [first] = emails;
      const box = (cell: string) => fixture.cell(first!, cell).getBoundingClientRect();
      expect(box('subject').top).to.be.greaterThan(box('to').top);
      expect(box('status').top).to.be.greaterThan(box('subject').top);
      expect(box('cancel').right).to.be.at.most(380);
      const scroller = fixture.root.querySelector('.scroller')!;
      expect(scroller.scrollWidth).to.equal(scroller.clientWidth);
      expect(fixture.cell(first!, 'to').getAttribute('role')).to.equal('gridcell');
      const menu = fixture.root.querySelector('select')!;
      expect(menu.checkVisibility()).to.equal(true);
      menu.value = '-subject';
      menu.dispatchEvent(new Event('change'));
      await fixture.settled();
      expect(fixture.grid.sort).to.equal('-subject');
      fixture.grid.sort = '-connector';
      await fixture.settled();
      expect(textOf(menu.selectedOptions[0]!)).to.equal('Email Connector, descending');
    });

    it('keep the keyboard off headers that are out of sight', async () => {
      const emails = sampleEmails(3);
      await open(emails, { width: 380 });
      await fixture.focusCell(emails[0]!, 'subject');
      await fixture.press('ArrowUp');
      expect(fixture.focus).to.equal('header select');
      await fixture.press('ArrowRight');
      expect(fixture.focus).to.equal('header select');
    });

    it('show further columns below, named, and only those in sight are rendered', async () => {
      const emails = sampleEmails(500);
      fixture = new GridFixture(emails);
      fixture.grid.columns = showAll;
      await fixture.open({ width: 380 });
      expect(fixture.text(emails[0]!, 'connector')).to.equal('Email ConnectorSales SMTP');
      const scroller = fixture.root.querySelector('.scroller')!;
      scroller.scrollTop = scroller.scrollHeight;
      await fixture.settled();
      expect(fixture.shownIds).to.include(emails[499]!.id);
      expect(fixture.shownIds.length).to.be.lessThan(40);
      const last = fixture.cell(emails[499]!, 'submittedAt').getBoundingClientRect();
      expect(last.bottom).to.be.at.most(scroller.getBoundingClientRect().bottom);
    });
  });
});
