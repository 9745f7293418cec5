import { expect } from 'chai';
import { dayOf, nextDay, startOfDay } from './day-bounds.ts';

describe('days in the user’s zone', () => {
  const start = (day: string, zone: string) => new Date(startOfDay(day, zone)).toISOString();

  it('begin at local midnight, in summer and in winter', () => {
    expect(start('2026-11-12', 'Europe/Paris')).to.equal('2026-11-11T23:00:00.000Z');
    expect(start('2026-07-12', 'Europe/Paris')).to.equal('2026-07-11T22:00:00.000Z');
    expect(start('2026-07-12', 'America/Los_Angeles')).to.equal('2026-07-12T07:00:00.000Z');
    expect(start('2026-07-12', 'Asia/Kolkata')).to.equal('2026-07-11T18:30:00.000Z');
  });

  it('begin at midnight on the days on which clocks change', () => {
    expect(start('2026-03-29', 'Europe/Paris')).to.equal('2026-03-28T23:00:00.000Z');
    expect(start('2026-10-25', 'Europe/Paris')).to.equal('2026-10-24T22:00:00.000Z');
    expect(start('2026-10-26', 'Europe/Paris')).to.equal('2026-10-25T23:00:00.000Z');
  });

  it('begin after midnight where clocks skip it', () => {
    expect(start('2026-03-27', 'Asia/Beirut')).to.match(/^2026-03-26T22:00|^2026-03-27/);
    // Beirut springs forward at midnight.
    expect(dayOf(startOfDay('2026-03-29', 'Asia/Beirut'), 'Asia/Beirut')).to.equal('2026-03-29');
    expect(dayOf(startOfDay('2026-03-29', 'Asia/Beirut') - 1, 'Asia/Beirut')).to.equal('2026-03-28');
  });

  it('follow one another', () => {
    expect(nextDay('2026-12-31')).to.equal('2027-01-01');
    expect(dayOf(Date.parse('2026-11-12T23:30:00Z'), 'Europe/Paris')).to.equal('2026-11-13');
  });

  it('are not taken from what is no day', () => {
    expect(startOfDay('soon', 'Europe/Paris')).to.satisfy(Number.isNaN);
  });
});
