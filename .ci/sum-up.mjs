// Adds up the steps and the tests of jest's JSON reports; prints the slowest suites and the counts, and fails if anything did.
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const [passedSteps, failedSteps, ...files] = process.argv.slice(2);
const outcomes = new Map();
const suites = [];
const SLOWEST = 10;
let failed = Number(failedSteps);
let passed = Number(passedSteps);

for (const file of files.filter((each) => existsSync(each))) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const suite of report.testResults) {
    suites.push({ name: `${basename(file, '.json')} ${relative('.', suite.name)}`, seconds: (suite.endTime - suite.startTime) / 1000 });
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
// where the time goes: the suites to look at first
suites.sort((one, other) => other.seconds - one.seconds);
for (const { name, seconds } of suites.slice(0, SLOWEST)) console.log(`${seconds.toFixed(1).padStart(7)} s ${name}`);
// a test that one store lets run is not skipped because another does not
const skipped = [...outcomes.values()].filter((each) => each.every((status) => status === 'pending' || status === 'todo')).length;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
