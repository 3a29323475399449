// Adds up the steps and the tests of jest's JSON reports; prints the counts and fails if anything did.
import { existsSync, readFileSync } from 'node:fs';

const [passedSteps, failedSteps, ...files] = process.argv.slice(2);
const outcomes = new Map();
let failed = Number(failedSteps);
let passed = Number(passedSteps);

for (const file of files.filter((each) => existsSync(each))) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const suite of report.testResults) {
    const broken = suite.assertionResults.length === 0 && suite.status === 'failed';
    if (broken) {
      failed++;
      console.log(`FAILED to run: ${suite.name}`);
    }
    for (const test of suite.assertionResults) {
      const name = `${suite.name} › ${test.fullName}`;
      if (test.status === 'failed') console.log(`FAILED: ${name}`);
      outcomes.set(name, [...(outcomes.get(name) ?? []), test.status]);
    }
  }
}
// a test that one store lets run is not skipped because another does not
const skipped = [...outcomes.values()].filter((each) => each.every((status) => status === 'pending' || status === 'todo')).length;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
