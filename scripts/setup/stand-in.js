import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ask } from './engine-api.js';
import { HOME, ROOT } from './root.js';
import { runLogged } from './run.js';
import { say, SetupError } from './say.js';

const STACKS = path.join(ROOT, 'stacks');

/** The library's own account of stacks; compiled by then, so this is not a plain import. */
const library = async () => ({
  ...(await import('../../dist/stack/stack.js')),
  ...(await import('../../dist/stack/stand-in.js')),
});

/**
 * What the engine has of a stack: `image` (the real one, or the stand-in of today's definition) or nothing;
 * `definition` and `digest` are what to build otherwise, `outdated` the id of an older stand-in.
 */
export async function stackState(address, name) {
  const { parseStackDefinition, standInDigest, standInImage, STAND_IN_DIGEST_LABEL } = await library();
  const definition = parseStackDefinition(
    readFileSync(path.join(STACKS, `${name}.json`), 'utf8'),
    `${name}.json`,
  );
  const digest = standInDigest(definitionFiles(name));
  if (await inspect(address, definition.image)) return { kind: 'image' };
  const standIn = await inspect(address, standInImage(name));
  if (standIn?.Config?.Labels?.[STAND_IN_DIGEST_LABEL] === digest) return { kind: 'stand-in' };
  return { kind: 'absent', name, digest, outdated: standIn?.Id };
}

/** Everything that decides what a stand-in will be. */
function definitionFiles(name) {
  const parts = readdirSync(path.join(STACKS, 'stand-in')).map((file) => `stand-in/${file}`);
  return [`${name}.json`, ...parts].map((file) => ({
    name: path.basename(file),
    text: readFileSync(path.join(STACKS, file), 'utf8'),
  }));
}

/** Builds a stand-in and imports it into the engine, in place of an outdated one. */
export async function buildStandIn(address, { name, digest, outdated }) {
  const { standInChanges, standInImage } = await library();
  say(`building the stand-in for ${name} (half a minute or more)`);
  // Always the same place: what an interrupted build left is removed by the next one.
  const directory = path.join(HOME, 'engine', `stand-in-${name}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const tar = path.join(directory, 'root.tar');
  try {
    const log = path.join(HOME, 'engine', `stand-in-${name}.log`);
    await runLogged(`Building the stand-in for ${name}`, log, path.join(STACKS, 'stand-in/build.sh'), [
      name,
      tar,
    ]);
    await importImage(address, tar, standInImage(name), standInChanges(name, digest));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  // Still in use by a container, or the engine is busy? Then it stays until `cfstage clean`.
  if (outdated)
    await ask(address, 'DELETE', `/images/${outdated}`, { timeout: 60_000 }).catch(() => undefined);
}

async function inspect(address, reference) {
  const { status, text } = await ask(address, 'GET', `/images/${reference}/json`);
  if (status === 200) return JSON.parse(text);
  if (status === 404) return undefined;
  throw new SetupError(
    `The engine could not tell about the image ${reference} (status ${status}):\n${text.trim()}`,
  );
}

async function importImage(address, tar, image, changes) {
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    // With its tag: Podman would take no notice of one that is given apart.
    ['repo', image],
    ...changes.map((change) => ['changes', change]),
  ]);
  const { status, text } = await ask(address, 'POST', `/images/create?${query}`, {
    body: createReadStream(tar),
    timeout: 300_000,
    headers: { 'Content-Type': 'application/x-tar' },
  });
  // The engine answers 200 before it is done; a later failure is a line of its progress.
  const failure = /"error":"([^"]*)"/.exec(text)?.[1] ?? (status === 200 ? undefined : text.trim());
  if (failure) throw new SetupError(`The engine could not import the stand-in ${image}:\n${failure}`);
}
