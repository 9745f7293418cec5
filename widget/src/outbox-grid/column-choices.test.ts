import { expect } from 'chai';
import { moveColumn, resizeColumns, showColumn } from './change-columns.ts';
import { arrangeColumns, type ColumnChoice } from './column-choices.ts';

const shownIn = (choices: readonly ColumnChoice[], view: 'mine' | 'team' = 'mine') =>
  arrangeColumns(choices, view)
    .filter(({ shown }) => shown)
    .map(({ id }) => id);
const usual = ['to', 'subject', 'status', 'failureMessage', 'nextAttemptAt', 'packet', 'sendCount'];
const withAuthor = usual.toSpliced(2, 0, 'author');

describe('arrangeColumns', () => {
  it('shows the usual columns until somebody chooses, in team and all who sent it', () => {
    expect(shownIn([])).to.deep.equal(usual);
    expect(shownIn([], 'team')).to.deep.equal(withAuthor);
    expect(arrangeColumns([], null).length).to.equal(17);
  });

  it('never hides To and Subject', () => {
    const hidden = ['subject', 'to'].map((id) => ({ id, shown: false }));
    expect(shownIn(hidden)).to.include('to').and.to.include('subject');
  });

  it('leaves columns of another version alone, and gives ones that are not named their usual place', () => {
    const kept = [
      { id: 'packet', shown: true },
      { id: 'mood', shown: true },
      { id: 'packet', shown: false },
      { id: 'to', shown: true, width: 200 },
    ];
    expect(shownIn(kept).slice(0, 4)).to.deep.equal(['packet', 'sendCount', 'to', 'subject']);
    expect(arrangeColumns(kept, 'mine').find(({ id }) => id === 'to')?.width).to.equal(200);
    expect(showColumn(kept, 'connector', true)).to.deep.include({ id: 'mood', shown: true });
  });
});

describe('choosing columns', () => {
  it('shows and hides one where it stands, in every view from then on', () => {
    const chosen = showColumn(showColumn([], 'connector', true), 'author', false);
    expect(shownIn(chosen, 'team')).to.deep.equal([...usual, 'connector']);
    expect(shownIn(showColumn(chosen, 'author', true), 'mine')).to.deep.equal([...withAuthor, 'connector']);
  });

  it('moves one by one place among all, shown or not, and stops at the ends', () => {
    const moved = moveColumn([], 'mine', 'status', -1);
    expect(
      arrangeColumns(moved, 'mine')
        .map(({ id }) => id)
        .slice(0, 4),
    ).to.deep.equal(['to', 'subject', 'status', 'author']);
    expect(shownIn(moveColumn(moved, 'mine', 'status', -1)).slice(0, 3)).to.deep.equal([
      'to',
      'status',
      'subject',
    ]);
    expect(shownIn(moveColumn([], 'mine', 'to', -1))).to.deep.equal(usual);
  });

  it('leaves it to the view whether Sent By is shown when it was only moved or made wider', () => {
    const moved = moveColumn([], 'team', 'author', 1);
    const wider = resizeColumns(moved, new Map([['author', 240]]));
    expect(shownIn(wider, 'mine')).not.to.include('author');
    expect(shownIn(wider, 'team')).to.include('author');
    expect(arrangeColumns(wider, 'team').find(({ id }) => id === 'author')?.width).to.equal(240);
  });

  it('keeps widths within bounds and gives them back', () => {
    const narrow = resizeColumns([], new Map([['to', 3]]));
    expect(arrangeColumns(narrow, null)[0]?.width).to.equal(48);
    expect(arrangeColumns(resizeColumns(narrow, new Map([['to', null]])), null)[0]?.width).to.equal(null);
  });
});
