import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { STACK_POLICIES, type StackPolicy } from '../stack/stack-choice.ts';
import { SCENARIO_TIMEOUT_MS, type TestRequest } from '../test-runner/options.ts';
import { collect, given } from './push-flags.ts';

/** The flags of `cfstage test`, as commander gives them. */
export interface TestFlags {
  readonly jobs: number;
  readonly filter?: readonly string[];
  readonly bail?: boolean;
  readonly timeout: number;
  readonly stackPolicy?: StackPolicy;
  readonly caCert?: string;
  readonly artifacts?: string;
  readonly keep?: 'failed';
  readonly junit?: string;
  readonly json?: string;
  readonly html?: string;
  readonly github?: boolean;
}

export function addTestFlags(command: Command): Command {
  return command
    .option(
      '-j, --jobs <count>',
      'scenarios at a time (default: one a core)',
      positive,
      availableParallelism(),
    )
    .option('--filter <text>', 'only scenarios whose file or name holds this, repeatable', collect)
    .option('--bail', 'begin no further scenario once one has not passed')
    .option(
      '--timeout <seconds>',
      'time a scenario may take that does not say so itself',
      positive,
      SCENARIO_TIMEOUT_MS / 1000,
    )
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--json <file>', 'write the results as JSON')
    .option('--html <file>', 'write the results as one page to look at')
    .option('--github', 'print annotations that GitHub shows at the lines of the specs')
    .option('--artifacts <dir>', 'write what is left of each scenario that did not pass there')
    .addOption(
      new Option('--keep <which>', 'leave a container of each scenario that did not pass').choices([
        'failed',
      ]),
    )
    .addOption(
      new Option('--stack-policy <policy>', 'where the stacks may come from').choices(STACK_POLICIES),
    )
    .option('--ca-cert <file>', 'PEM file of certificates that the containers are to trust');
}

export function toTestRequest(
  files: readonly string[],
  flags: TestFlags,
  cwd: string,
  env: NodeJS.ProcessEnv,
): TestRequest {
  return {
    cwd,
    env,
    files,
    filters: flags.filter ?? [],
    jobs: flags.jobs,
    bail: flags.bail ?? false,
    timeoutMs: flags.timeout * 1000,
    recordChanges: flags.html !== undefined,
    keepFailed: flags.keep === 'failed',
    ...given({ stackPolicy: flags.stackPolicy, caCert: flags.caCert, artifacts: flags.artifacts }),
  };
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return number;
}
