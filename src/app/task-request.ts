import type { StackPolicy } from '../stack/stack-choice.ts';
import { LOCAL_DOMAIN, type EgressRequest } from './request.ts';

/** A task as the flags of `cf run-task` ask for it. Relative paths are relative to `cwd`. */
export interface TaskRequest extends EgressRequest {
  readonly cwd: string;
  /** --name; absent: eight random hexadecimal digits. */
  readonly name?: string;
  /** --command; absent: the command of the process type. */
  readonly command?: string;
  /** --process: template of command, memory and disk; absent without a command: `task`. */
  readonly processType?: string;
  /** -m, e.g. `256M`; absent: the template's, else 1 GB. */
  readonly memory?: string;
  /** -k; absent: the template's, else 1 GB. */
  readonly disk?: string;
  /** --services; absent: the file that the app was staged with. */
  readonly servicesFile?: string;
  readonly stackPolicy?: StackPolicy;
  /** PEM file whose certificates the container is to trust. */
  readonly caCert?: string;
  /** Of the app's routes, as VCAP_APPLICATION shows them. */
  readonly domain: string;
}

/** A request with the defaults of the command line for all that is not given; `cwd` is the process's own. */
export function taskRequest(given: Partial<TaskRequest>): TaskRequest {
  return { cwd: process.cwd(), domain: LOCAL_DOMAIN, offline: false, traffic: false, ...given };
}
