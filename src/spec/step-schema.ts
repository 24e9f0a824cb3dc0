import * as z from 'zod';
import { expectation } from './expect-schema.ts';
import { duration, exitCode, text, word } from './values.ts';

const PHASES = ['detect', 'supply', 'finalize', 'compile', 'release'] as const;

const staging = z
  .strictObject({
    fails: z
      .union([
        z.boolean(),
        z.strictObject({
          phase: z.enum(PHASES).optional().meta({ description: 'The script that must fail.' }),
          'exit-code': exitCode.optional().meta({ description: 'With which the script must end.' }),
        }),
      ])
      .optional()
      .meta({ description: 'Staging must fail; it is an error if it does not.' }),
  })
  .nullable();

const starting = z
  .strictObject({
    fails: z.boolean().optional().meta({ description: 'The app must fail to start.' }),
  })
  .nullable();

const request = z.strictObject({
  path: word.default('/').meta({ description: 'Path and query. Default: /' }),
  method: word.optional().meta({ description: 'Default: GET' }),
  headers: z.record(z.string(), text).optional(),
  body: z.string().optional(),
  process: word
    .optional()
    .meta({ description: 'Ask an instance of this process, past the router. Default: web' }),
  within: duration.optional().meta({
    description: 'How long it may take until the app answers as expected. Default: 10s',
  }),
});

const actions = {
  stage: staging.meta({ description: 'Stage the app. Left out before a start, it happens by itself.' }),
  restage: staging.meta({ description: 'Stage the app again, with the build cache of the time before.' }),
  start: starting.meta({ description: 'Run the droplet until the health check passes.' }),
  restart: starting.meta({ description: 'Replace all instances.' }),
  stop: z.null().meta({ description: 'Stop the app.' }),
  request: z
    .union([
      word.transform((path) => request.parse(path.includes(' ') ? splitRequest(path) : { path })),
      request,
    ])
    .meta({ description: 'Send a request: a path, METHOD and path, or a map.' }),
  exec: z
    .union([
      word.transform((command) => ({ command, process: undefined, exit: 0 })),
      z.strictObject({
        command: word.meta({ description: "A command line for the shell in the app's container." }),
        process: word.optional().meta({ description: 'In whose container. Default: web' }),
        exit: exitCode.default(0).meta({ description: 'With which it must end. Default: 0' }),
      }),
    ])
    .meta({ description: "Run a command in the app's container, with the app's environment." }),
  signal: z
    .union([
      word.transform((name) => ({ name, process: 'web' })),
      z.strictObject({ name: word, process: word.default('web') }),
    ])
    .meta({ description: 'Send a signal, e.g. SIGTERM, to the main process of web or of another process.' }),
};

function splitRequest(line: string): { method: string; path: string } {
  const at = line.indexOf(' ');
  return { method: line.slice(0, at), path: line.slice(at + 1).trim() };
}

/** Actions that need nothing said and may be written as one word. */
const WORDS = ['stage', 'restage', 'start', 'restart', 'stop'] as const;

/** The verbs that a step may have. */
export const VERBS = Object.keys(actions) as (keyof typeof actions)[];

const stepMap = z
  .strictObject({ ...actions, expect: expectation })
  .partial()
  .superRefine((step, context) => {
    const verbs = VERBS.filter((verb) => verb in step);
    if (verbs.length > 1)
      context.addIssue({ code: 'custom', message: `must do one thing, not ${verbs.join(' and ')}` });
    if (Object.keys(step).length === 0)
      context.addIssue({ code: 'custom', message: `must have one of ${[...VERBS, 'expect'].join(', ')}` });
  })
  .meta({ minProperties: 1, maxProperties: 2 });

/** One item of `steps`: one thing to do, and what to expect of it. */
export const step = z.union([z.enum(WORDS), stepMap]);

export type Action = {
  [Verb in keyof typeof actions]: {
    readonly verb: Verb;
    readonly given: z.output<(typeof actions)[Verb]>;
  };
}[keyof typeof actions];
