import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { test as plainTest } from 'vitest';
import { connectEngine } from '../../src/engine/connect.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { runToEnd } from '../../src/engine/run-to-end.ts';
import { startContainer } from './support/bare-container.ts';

const engine: Engine = await connectEngine(process.env);
const signal = AbortSignal.timeout(120_000);
const SLEEP = 'exec sleep 600';

/** A network name of the test's own, and proof that it is gone afterwards. */
const test = plainTest.extend<{ network: string }>({
  network: async ({}, use) => {
    const name = `t-network-${randomBytes(4).toString('hex')}`;
    await use(name);
    await engine.removeNetwork(name);
    const all = await engine.listNetworks({});
    expect(all.map((network) => network.name)).not.toContain(name);
  },
});

test('a network is made once, found by its labels, and removed', async ({ network }) => {
  const labels = { cfstage: '1', 'cfstage.app': network };
  await Promise.all([engine.ensureNetwork(network, labels), engine.ensureNetwork(network, labels)]);
  await engine.ensureNetwork(network, labels);
  expect(await engine.listNetworks({ cfstage: '', 'cfstage.app': network })).toEqual([
    { name: network, labels: expect.objectContaining(labels) as object },
  ]);
  expect(await engine.listNetworks({ 'cfstage.app': `${network}-other` })).toEqual([]);
  expect(await engine.removeNetwork(network)).toBe(true);
  expect(await engine.listNetworks({ 'cfstage.app': network })).toEqual([]);
  expect(await engine.removeNetwork(network)).toBe(true);
});

test('members of a network find each other by their aliases; it stays while it has any', async ({
  network,
}) => {
  await engine.ensureNetwork(network, { cfstage: '1' });
  const join = (...aliases: string[]) => ({ network: { name: network, aliases } });
  {
    await using first = await startContainer(engine, SLEEP, join('0.web.one.internal', 'one.internal'));
    await using second = await startContainer(engine, SLEEP, join('two.internal'));
    await using outside = await startContainer(engine, SLEEP);
    const { ipAddress } = await first.inspect();
    expect(ipAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const lookUp = async (from: typeof first, name: string) => {
      const argv = ['/bin/bash', '-c', `getent ahostsv4 ${name} | cut -d' ' -f1 | sort -u`];
      const { stdout } = await runToEnd(from, { argv, env: {}, user: 'vcap', workingDir: '/' }, signal);
      return stdout.toString('utf8').trim();
    };
    expect(
      await Promise.all([
        lookUp(second, 'one.internal'),
        lookUp(second, '0.web.one.internal'),
        lookUp(first, 'two.internal'),
        lookUp(outside, 'one.internal'),
      ]),
    ).toEqual([ipAddress, ipAddress, (await second.inspect()).ipAddress, '']);
    expect(await engine.removeNetwork(network)).toBe(false);
  }
  expect(await engine.removeNetwork(network)).toBe(true);
});
