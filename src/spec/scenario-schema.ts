import * as z from 'zod';
import { step } from './step-schema.ts';
import { duration, text, word } from './values.ts';

const app = z
  .union([
    word,
    z.strictObject({
      path: word
        .optional()
        .meta({ description: 'Directory or archive. Without it, the app is only `files`.' }),
      files: z
        .record(z.string(), z.string())
        .optional()
        .meta({ description: 'Files to add or replace: path → text.' }),
      without: z.array(word).optional().meta({ description: 'Files to leave out.' }),
    }),
  ])
  .meta({ description: 'The app: a path beside this file, or a map that changes a few of its files.' });

const buildpack = z
  .union([
    word,
    z.record(z.string(), word).refine((map) => Object.keys(map).length === 1, 'must be one NAME: PATH'),
  ])
  .meta({
    description:
      'A registered name, a URL, or a path beside this file (it has a slash, or is a dot). NAME: PATH stages the path under that name.',
  });

const credentials = z.record(z.string(), z.unknown());

/** What a scenario may say; a file may say all but `name` and `steps` for all its scenarios. */
const settings = {
  app: app.optional(),
  manifest: word.optional().meta({ description: 'A manifest.yml beside this file.' }),
  buildpacks: z.array(buildpack).min(1).optional().meta({
    description: 'In order. Default: those of the manifest, or detection among the registered ones.',
  }),
  stack: word.optional().meta({ description: 'E.g. cflinuxfs4.' }),
  env: z
    .record(z.string(), text)
    .optional()
    .meta({ description: 'Environment variables of staging and of the app.' }),
  services: z
    .union([word, z.record(z.string(), credentials)])
    .optional()
    .meta({ description: 'A services.yml beside this file, or instances: NAME → credentials.' }),
  offline: z.boolean().optional().meta({ description: 'Cut staging and app off from the network.' }),
  proxy: z.enum(['none', 'http', 'https']).optional().meta({
    description:
      'Put a proxy before staging that records its requests, spoken to by this scheme. Default: none',
  }),
  memory: text.optional().meta({ description: 'E.g. 256M.' }),
  'start-command': word.optional(),
  'health-check': z
    .strictObject({
      type: z.enum(['port', 'http', 'process']),
      endpoint: word.optional().meta({ description: 'Path that a check of type http asks for.' }),
      timeout: duration.optional().meta({ description: 'How long the app may take to start.' }),
    })
    .optional(),
  processes: z
    .record(z.string(), z.int().min(0))
    .optional()
    .meta({ description: 'Instances of each process type.' }),
  timeout: duration.optional().meta({ description: 'How long a scenario may take. Default: 10m' }),
  matrix: z
    .record(z.string(), z.array(z.union([text, z.record(z.string(), text)])).min(1))
    .optional()
    .meta({
      description:
        'Runs the scenario with every combination of these values; ((matrix.NAME)) in a text is the value. `stack` is the stack. `exclude` lists combinations to leave out.',
    }),
};

/** A scenario whose file's settings and matrix values are put in. */
export const scenario = z.strictObject({
  name: word.meta({ description: 'What the scenario shows, as a sentence.' }),
  ...settings,
  steps: z.array(step).min(1),
});

/** A whole file as it is written. */
export const specFile = z
  .strictObject({ ...settings, scenarios: z.array(scenario).min(1) })
  .meta({ title: 'cfstage test', description: 'Scenarios of `cfstage test`.' });

export type ScenarioSettings = Omit<z.output<typeof scenario>, 'steps'>;
