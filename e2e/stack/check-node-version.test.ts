import { expect, it } from 'vitest';
import { nodeVersionProblem } from './check-node-version.ts';

it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts Node %s', (version) => {
  expect(nodeVersionProblem(version)).toBeNull();
});

it.each(['18.20.0', '20.18.3', '9.0.0'])('refuses Node %s and says what to type', (version) => {
  expect(nodeVersionProblem(version)).toContain('npx -y -p node@22');
});
