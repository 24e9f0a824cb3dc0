import { Option, type Command } from 'commander';
import { taskRequest, type TaskRequest } from '../app/task-request.ts';
import { STACK_POLICIES, type StackPolicy } from '../stack/stack-choice.ts';
import { given, OFFLINE_HELP, TRAFFIC_HELP, toEgress, type EgressFlags } from './push-flags.ts';

/** The flags of run-task, as commander gives them. */
export interface TaskFlags extends EgressFlags {
  readonly command?: string;
  readonly name?: string;
  readonly process?: string;
  readonly memory?: string;
  readonly disk?: string;
  readonly services?: string;
  readonly stackPolicy?: StackPolicy;
  readonly caCert?: string;
  readonly domain?: string;
  readonly json?: boolean;
}

/** Adds the flags of `cf run-task`, and those of ours that a container needs. */
export function addTaskFlags(command: Command): Command {
  return command
    .option('-c, --command <command>', 'what to run (default: the command of the process type)')
    .option('--name <name>', 'name of the task in the log (default: a random one)')
    .option(
      '--process <type>',
      'process type to take command, memory and disk from (default without a command: task)',
    )
    .option('-m, --memory <size>', 'memory limit, e.g. 256M or 1G')
    .option('-k, --disk <size>', 'disk limit, e.g. 512M')
    .option('-w, --wait', 'wait for the end, as cf has it; it is always done here')
    .option('--services <path>', 'services file (default: the one that the app was staged with)')
    .addOption(new Option('--stack-policy <policy>', 'where the stack may come from').choices(STACK_POLICIES))
    .option('--ca-cert <file>', 'PEM file of certificates that the container is to trust')
    .option('--domain <name>', 'domain of the routes in VCAP_APPLICATION')
    .option('--offline', OFFLINE_HELP)
    .option('--traffic', TRAFFIC_HELP)
    .option('--json', 'write one JSON object a line on stdout');
}

export function toTaskRequest(flags: TaskFlags, cwd: string): TaskRequest {
  return taskRequest({
    cwd,
    ...toEgress(flags),
    ...given({
      command: flags.command,
      name: flags.name,
      processType: flags.process,
      memory: flags.memory,
      disk: flags.disk,
      servicesFile: flags.services,
      stackPolicy: flags.stackPolicy,
      caCert: flags.caCert,
      domain: flags.domain,
    }),
  });
}
