import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../deployment.ts';
import { holds } from '../log-view.ts';
import { indented, shown, type Verdict } from './verdict.ts';

/** What is asked and what else is expected of the answer. */
export interface ServeOptions {
  /** With its query string; `/` if absent. */
  readonly path?: string;
  /** 200 if absent. */
  readonly status?: number;
  /** A string must be the whole value. */
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  /** Method, headers, body, redirect, … of the request. */
  readonly request?: RequestInit;
  /** Milliseconds until it must be so, 5000 if absent. */
  readonly within?: number;
  readonly signal?: AbortSignal;
}

const PAUSE_MS = 50;
/**
 * What each request has for its answer, also when less is left: one that is given up before it was sent leaves a connection
 * that a server with one thread waits for.
 */
const ANSWER_MS = 1_000;
const SHOWN_LOG_LINES = 10;

interface Answer {
  readonly faults: readonly string[];
  readonly shown: string;
}

/** The app answers with a body that holds the text or matches. Asked again until it is so, or with `.not` until it is not. */
export async function serve(
  app: Deployment,
  body: string | RegExp,
  options: ServeOptions,
  isNot: boolean,
): Promise<Verdict> {
  const { path = '/', status = 200, headers = {}, within = 5_000 } = options;
  const deadline = performance.now() + within;
  let answer = await ask(app, body, options, within);
  while ((answer.faults.length === 0) === isNot && performance.now() < deadline) {
    await delay(PAUSE_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    answer = await ask(app, body, options, Math.max(ANSWER_MS, Math.ceil(deadline - performance.now())));
  }
  const conditions = [
    `status ${status}`,
    `a body with ${shown(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${shown(value)}`),
  ];
  const log = app.logs.lines.slice(-SHOWN_LOG_LINES).map(({ source, message }) => `  [${source}] ${message}`);
  return {
    pass: answer.faults.length === 0,
    expected: `${app.name} to serve ${path} with ${conditions.join(', ')} within ${within} ms`,
    found: `${[...answer.faults, answer.shown].join('\n')}\nThe last lines of its log:\n${log.join('\n')}`,
  };
}

async function ask(
  app: Deployment,
  body: string | RegExp,
  options: ServeOptions,
  within: number,
): Promise<Answer> {
  const { path = '/', status = 200, headers = {}, request = {}, signal } = options;
  try {
    const response = await app.fetch(path, {
      ...request,
      within,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    const faults = [
      ...(response.status === status ? [] : [`The status was ${response.status}.`]),
      ...Object.entries(headers).flatMap(([name, value]) =>
        headerFault(name, value, response.headers.get(name)),
      ),
      ...(holds(text, body) ? [] : ['The body is another.']),
    ];
    return {
      faults,
      shown: `It answered ${response.status} ${response.statusText} with:\n${indented(text)}`,
    };
  } catch (error) {
    signal?.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [message], shown: 'There was no answer.' };
  }
}

function headerFault(name: string, expected: string | RegExp, value: string | null): readonly string[] {
  if (value === null) return [`There was no header ${name}.`];
  const matches = typeof expected === 'string' ? value === expected : value.search(expected) !== -1;
  return matches ? [] : [`The header ${name} was ${shown(value)}.`];
}
