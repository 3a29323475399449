import { type AppError } from '../../errors/index.js';
import { type FormField, checkChanges } from './answers.js';

const FORM: readonly FormField[] = [
  { name: 'channel', label: 'Channel', type: 'choice', choices: ['Email', 'SMS'] },
  { name: 'score', label: 'Score', type: 'whole_number', min: 0, max: 100 },
  { name: 'budget', label: 'Budget', type: 'number', min: 0 },
  { name: 'consent', label: 'Consent', type: 'flag' },
  { name: 'note', label: 'Note', type: 'text', max: 5 },
  { name: 'personas', label: 'Personas', type: 'list', choices: ['CMO', 'CFO'] },
];

describe('checkChanges', () => {
  it('takes what the form says', () => {
    const changes = { channel: 'SMS', score: 100, budget: 0.5, consent: false, note: 'short', personas: ['CMO'] };
    expect(() => checkChanges(FORM, changes)).not.toThrow();
  });

  it.each([
    ['channel', 'Fax', 'must be one of Email, SMS'],
    ['score', 100.5, 'must be a whole number from 0 to 100'],
    ['score', 101, 'must be a whole number from 0 to 100'],
    ['score', '7', 'must be a whole number from 0 to 100'],
    ['budget', -1, 'must be a number of 0 or more'],
    ['budget', NaN, 'must be a number of 0 or more'],
    ['consent', 'yes', 'must be true or false'],
    ['note', 'much too long', 'must be text of at most 5 characters'],
    ['personas', ['CMO', 'CEO'], 'must hold only: CMO, CFO'],
    ['personas', 'CMO', 'must be a list of texts'],
    ['__proto__x', 1, 'cannot be changed here; allowed are channel, score'],
  ])('refuses %s: %j', (name, value, reason) => {
    try {
      checkChanges(FORM, { [name]: value });
      throw new Error('it was taken');
    } catch (error) {
      expect((error as AppError).errors).toEqual([
        { path: `changes.${name}`, reason: expect.stringContaining(reason) },
      ]);
    }
  });
});
