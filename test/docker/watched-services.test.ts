import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { REDONE } from './support/edited-place.ts';
import {
  ask,
  boundTo,
  cache,
  database,
  PING_IN_STAGING,
  prepareServices,
  servicesOf,
  type Service,
} from './support/real-services.ts';
import type { Running } from './support/running.ts';
import { test, type Workplace } from './support/workplace.ts';

beforeAll(prepareServices, 300_000);

/** Asks Redis if the app has one. */
const MAYBE_PING = `if jq -e '.[][].credentials | select(.host)' <<<"$VCAP_SERVICES" >/dev/null; then
${PING_IN_STAGING}
fi`;

/** A watched app whose services become others. */
class ServicesWatch {
  readonly watch: Running;
  readonly #place: Workplace;
  readonly #buildpacks: readonly string[];

  static async start(place: Workplace, services: readonly Service[], ...flags: readonly string[]) {
    const buildpacks = [await writeSupplyBuildpack(place, MAYBE_PING)];
    const watch = place.start(['watch', ...(await boundTo(place, services, { buildpacks })), ...flags]);
    await watch.says('Watching what');
    return new ServicesWatch(place, buildpacks, watch);
  }

  private constructor(place: Workplace, buildpacks: readonly string[], watch: Running) {
    this.#place = place;
    this.#buildpacks = buildpacks;
    this.watch = watch;
  }

  /** Writes services file and manifest; answers what was said until the end of the redo. */
  async change(...services: readonly Service[]): Promise<string> {
    return await this.redo(() => boundTo(this.#place, services, { buildpacks: this.#buildpacks }));
  }

  async redo(edit: () => Promise<unknown>): Promise<string> {
    const from = this.watch.position;
    // Two files are one change.
    this.watch.kill('SIGSTOP');
    await edit();
    this.watch.kill('SIGCONT');
    await this.watch.says(REDONE, from);
    return this.watch.since(from);
  }
}

test('services that are added, changed and removed while an app is watched are so for staging and app', async ({
  place,
}) => {
  const watched = await ServicesWatch.start(place, []);
  const url = await watched.watch.url();
  const first = await watched.change(cache(place));
  expect(first).toContain('the network of the app changed: in a new container');
  expect(first).toContain('[STG/0] OUT staging: +PONG');
  expect(await ask(url, 'redis', 'SET greeting hello')).toBe('+OK');

  const second = await watched.change(cache(place), database(place));
  expect(second).toMatch(/^(?:VCAP_SERVICES|DATABASE_URL) changed: from supply/m);
  expect(second).not.toContain('Creating container');
  expect(await ask(url, 'redis', 'GET greeting')).toBe('hello');
  expect(await ask(url, 'postgres', 'SELECT current_database()')).toBe('shop');
  expect(await servicesOf(place)).toEqual([`${place.app}-cache`, `${place.app}-db`]);

  const secret = 'another';
  const changed = {
    ...cache(place),
    command: ['redis-server', '--requirepass', secret],
    env: { REDIS_PASSWORD: secret },
  };
  const third = await watched.change(changed, database(place));
  expect(third).toContain(
    `Service instance ${place.app}-cache has other settings: it is made anew, without its data`,
  );
  expect(third).toContain('[STG/0] OUT staging: +PONG');
  expect(await ask(url, 'redis', 'GET greeting')).toBe('$-1');
  expect(await ask(url, 'redis', 'SET greeting again')).toBe('+OK');

  const told = await watched.change({ ...changed, timeout: 59 }, database(place));
  expect(told).toMatch(/^how a service instance is run changed: from supply/m);
  expect(told).not.toContain('without its data');
  expect(await ask(url, 'redis', 'GET greeting')).toBe('again');

  const last = await watched.change(changed);
  expect(last).toMatch(/^(?:VCAP_SERVICES|DATABASE_URL) changed: from supply/m);
  expect(await servicesOf(place)).toEqual([`${place.app}-cache`]);
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');

  await watched.change();
  expect(await servicesOf(place)).toEqual([]);
  expect(await watched.watch.end()).toMatchObject({ exitCode: 0 });
});

test('one that cannot be started keeps the app, and the next save is another chance', async ({ place }) => {
  const watched = await ServicesWatch.start(place, [cache(place)]);
  const url = await watched.watch.url();
  const giving = { ...database(place), command: ['sh', '-c', 'echo I give up >&2; exit 3'] };
  const said = await watched.change(cache(place), giving);
  expect(said).toContain('ended with exit status 3 before it could be reached');
  expect(said).toContain(`App ${place.app} goes on as it was before.`);
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');

  const absent = await watched.change(cache(place), { ...database(place), image: 'localhost:1/absent:1' });
  expect(absent).toContain('FAILED (SERVICE_UNAVAILABLE)');
  const unknown = await watched.redo(() => {
    writeFileSync(join(place.root, place.app, 'services.yml'), 'services: []');
    return Promise.resolve();
  });
  expect(unknown).toContain('FAILED (SERVICE_UNKNOWN)');
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');

  await watched.change(cache(place), database(place));
  expect(await ask(url, 'postgres', 'SELECT current_database()')).toBe('shop');
  expect(await watched.watch.end()).toMatchObject({ exitCode: 0 });
});

test('one that has ended is started again by the next redo', async ({ place }) => {
  const watched = await ServicesWatch.start(place, [cache(place)]);
  const url = await watched.watch.url();
  await ask(url, 'redis', 'SHUTDOWN NOSAVE');
  await watched.watch.says(`[SERVICE/${place.app.toUpperCase()}-CACHE/0] OUT Exit status 0`);
  const said = await watched.redo(() => writeSupplyBuildpack(place, `${MAYBE_PING}\necho again`));
  expect(said).toContain('[STG/0] OUT staging: +PONG');
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');
  expect(await watched.watch.end()).toMatchObject({ exitCode: 0 });
});

test('the next watch of what was kept has its services, and what is persisted', async ({ place }) => {
  const flags = ['--keep-snapshots', '--keep-services', '--persist', '/home/vcap/kept'];
  const count = 'echo run >>/home/vcap/kept/runs; echo "runs: $(wc -l </home/vcap/kept/runs)"';
  const counting = `${PING_IN_STAGING}\n${count}`;
  for (const runs of [1, 2]) {
    const supply = await writeSupplyBuildpack(place, `${counting}\n# ${runs}`);
    const app = await boundTo(place, [cache(place)], { buildpacks: [supply] });
    const watch = place.start(['watch', ...app, ...flags]);
    await watch.says('Watching what');
    const url = await watch.url();
    expect(watch.output).toContain(`runs: ${runs}\n`);
    expect(watch.output).toContain('staging: +PONG');
    if (runs === 1) expect(await ask(url, 'redis', 'SET greeting hello')).toBe('+OK');
    else {
      expect(watch.output).toContain('Goes on from the last watch: bin/supply of');
      expect(await ask(url, 'redis', 'GET greeting')).toBe('hello');
    }
    expect(await watch.end()).toMatchObject({ exitCode: 0 });
    expect(watch.output).toContain('The staging container is kept');
  }
  // Services that are new for the container that was kept, and nothing else is.
  await place.succeed(['clean', '--services']);
  const supply = await writeSupplyBuildpack(place, `${counting}\n# 2`);
  const watch = place.start([
    ...['watch', ...(await boundTo(place, [cache(place)], { buildpacks: [supply] }))],
    ...['--keep-snapshots', '--persist', '/home/vcap/kept'],
  ]);
  const url = await watch.url();
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
  await place.succeed(['delete', place.app]);
  expect(await place.containers()).toEqual([]);
});
