import { expect } from 'chai';
import { readState, writeState, type ViewState } from './view-state.ts';

describe('the state that a host mirrors', () => {
  const nothing: ViewState = { view: null, sort: null, filter: {}, email: null };

  it('comes back as it was', () => {
    const state: ViewState = {
      view: 'team',
      sort: '-nextAttemptAt',
      filter: {
        status: ['failed'],
        search: 'Élodie “&=#”',
        submittedFrom: '2026-11-11T23:00:00.000Z',
        hasAttachments: true,
      },
      email: 'email-7',
    };
    expect(readState(writeState(state))).to.deep.equal(state);
  });

  it('is made of characters that an address takes', () => {
    const state = writeState({ ...nothing, filter: { search: '??>>~~ÿÿ' } });
    expect(state).to.match(/^[\w-]+$/);
  });

  it('is nothing where it is somebody’s text', () => {
    for (const text of ['', 'nonsense', '%%%', btoa('null'), btoa('[1]'), btoa('"x"')]) {
      expect(readState(text)).to.deep.equal(nothing);
    }
  });

  it('keeps only what the service would take', () => {
    const token = btoa(
      JSON.stringify({
        view: 'everything',
        sort: 'drop table',
        email: 7,
        filter: {
          status: ['failed', 'gone'],
          importance: 'high',
          connector: ['not-an-id'],
          search: 'ab',
          submittedTo: 'soon',
          constructor: 'x',
        },
      }),
    );
    expect(readState(token)).to.deep.equal({ ...nothing, filter: { status: ['failed'] } });
  });
});
