import * as z from 'zod';
import { duration, exitCode, pattern, patterns, word } from './values.ts';

const log = z
  .union([
    patterns.transform((lines) => ({ lines, source: undefined, within: undefined })),
    z.strictObject({
      lines: patterns,
      source: word.optional().meta({
        description: 'Only lines whose source begins so, e.g. STG, APP/PROC/WEB, APP/PROC/WEB/SIDECAR/CLOCK.',
      }),
      within: duration.optional().meta({ description: 'How long they may take to appear. Default: 10s' }),
    }),
  ])
  .meta({ description: 'Lines that the log must have, one directly after the other within their source.' });

const files = z
  .union([
    z
      .array(word)
      .min(1)
      .transform((paths) => paths.map((path) => [path, true] as const)),
    z.record(z.string(), z.union([z.boolean(), pattern])).transform((map) => Object.entries(map)),
  ])
  .meta({
    description:
      'Files of the droplet, as app/… or deps/0/…; * and ** may be used. A list, or a map to true, false (not there), or what the file must hold.',
  });

const response = z
  .union([
    z.int().transform((status) => ({ status, body: undefined, headers: undefined, json: undefined })),
    pattern.transform((body) => ({ status: 200, body: [body], headers: undefined, json: undefined })),
    z.strictObject({
      status: z.int().min(100).max(599).default(200).meta({ description: 'Default: 200' }),
      body: patterns.optional(),
      headers: z.record(z.string(), pattern).optional(),
      json: z.unknown().optional().meta({
        description: 'The body is JSON that has at least these values.',
      }),
    }),
  ])
  .meta({
    description: 'What the request before must be answered with: a status, a text of the body, or a map.',
  });

const exit = z
  .union([
    exitCode.transform((code) => ({ code, process: 'web', within: undefined })),
    z.strictObject({
      code: exitCode,
      process: word.default('web'),
      within: duration.optional().meta({ description: 'Default: 15s' }),
    }),
  ])
  .meta({
    description: 'The exit code with which the main process of web, or of another process, has to end.',
  });

const processes = z
  .union([
    z
      .array(word)
      .min(1)
      .transform((types) => types.map((type) => [type, undefined] as const)),
    z.record(z.string(), pattern).transform((map) => Object.entries(map)),
  ])
  .meta({ description: 'Process types of the droplet: a list, or a map to their commands.' });

const traffic = z.union([z.literal('none').transform(() => []), z.array(pattern).min(1)]).meta({
  description:
    'All that staging and app have tried to reach so far, as HOST or HOST:PORT, or /…/ for several; or none.',
});

/** `expect` of a step. */
export const expectation = z
  .strictObject({
    log,
    'no-log': patterns.meta({ description: 'Lines that the log must not have so far.' }),
    files,
    processes,
    sidecars: z.array(word).min(1).meta({ description: 'Names of sidecars of the droplet.' }),
    response,
    output: patterns.meta({ description: 'What the exec before must have written.' }),
    env: z
      .record(z.string(), z.union([z.null(), pattern]))
      .transform((map) => Object.entries(map))
      .meta({ description: 'Environment variables of the running app; null: not set.' }),
    exit,
    cached: z.boolean().meta({ description: 'Whether the staging before found a build cache.' }),
    'staged-within': duration.meta({ description: 'How long the staging before may have taken.' }),
    traffic,
    proxied: patterns.meta({
      description: 'Requests that the proxy was asked for, as GET http://… or CONNECT HOST:PORT.',
    }),
  })
  .partial()
  .refine((given) => Object.keys(given).length > 0, 'must say what to expect')
  .meta({ minProperties: 1 });

export type Expectation = z.output<typeof expectation>;
