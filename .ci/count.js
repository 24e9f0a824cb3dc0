// count.js REPORT TESTS_EXIT_CODE PASSED FAILED: adds the tests of vitest's report to the checks and prints the totals.
import { readFileSync } from 'node:fs';

const [report, testsExitCode, checksPassed, checksFailed] = process.argv.slice(2);

let passed = Number(checksPassed);
let failed = Number(checksFailed);
let ranTests = 0;
let failedTests = 0;
try {
  for (const { status, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const failures = assertionResults.filter((test) => test.status === 'failed').length;
    const passes = assertionResults.filter((test) => test.status === 'passed').length;
    ranTests += passes + failures;
    passed += passes;
    // A file that could not be loaded, or whose hooks failed, has no failed test to show for it.
    failedTests += failures || (status === 'failed' ? 1 : 0);
  }
} catch (error) {
  console.log(`no report of the tests: ${error.message}`);
}
// The set-up or vitest itself failed, or there was nothing to run.
if (failedTests === 0 && (Number(testsExitCode) !== 0 || ranTests === 0)) failedTests = 1;
failed += failedTests;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
