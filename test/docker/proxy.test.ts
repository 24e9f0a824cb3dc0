import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect } from 'vitest';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { EditedPlace, greeting } from './support/edited-place.ts';
import { openTcpProxy } from './support/engine-proxy.ts';
import { openOutside } from './support/outside.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

describe('--proxy', () => {
  test('tells of each request, and the app that was staged knows of no proxy', async ({ place }) => {
    await using outside = await openOutside();
    const script = `curl -sSf ${outside.url}/one && echo`;
    const supply = ['--buildpack', await writeSupplyBuildpack(place, script)];
    const push = place.start(['push', place.app, ...supply, ...HELLO_WEB, '--proxy', '--offline', '--json']);
    const [told] = await push.says(/^\{"type":"traffic".*$/m);
    expect(JSON.parse(told)).toMatchObject({
      app: place.app,
      record: {
        ...{ protocol: 'proxy', host: outside.address, port: outside.port, answer: 'answered' },
        request: `GET ${outside.url}/one`,
        source: { kind: 'staging', phase: 'supply' },
      },
    });
    await push.says('"type":"app-started"');
    const { stdout } = await place.succeed(['ssh', place.app, '-c', 'env']);
    expect(stdout).toContain('VCAP_APPLICATION=');
    expect(stdout).not.toMatch(/proxy=/i);
    expect((await place.containers()).filter(({ name }) => name.endsWith('-proxy'))).toEqual([]);
    expect(await push.end()).toMatchObject({ exitCode: 0 });
  });

  test('is the same with an engine elsewhere', async ({ place }) => {
    await using outside = await openOutside();
    await using engine = await openTcpProxy(outside.address);
    const script = `curl -sSf ${outside.url}/one && echo`;
    const supply = ['--buildpack', await writeSupplyBuildpack(place, script)];
    const { stdout } = await place.succeed(['stage', place.app, ...supply, ...HELLO_WEB, '--proxy'], {
      env: { DOCKER_HOST: engine.address, DOCKER_CONTEXT: '', DOCKER_TLS_VERIFY: '' },
    });
    expect(stdout).toContain('OUT from the outside');
    expect(outside.requests).toEqual(['GET /one']);
  });

  test('of a watch is the same for all its stagings, and only the staging knows of it', async ({ place }) => {
    await using outside = await openOutside();
    const edited = await EditedPlace.in(place);
    const asks = (phase: string) => `curl -sSf ${outside.url}/${phase} >/dev/null`;
    for (const [phase, line] of [
      ['supply', "echo '-----> Supplying'"],
      ['finalize', "echo '-----> Finalizing'"],
    ] as const)
      edited.edit(`bp/bin/${phase}`, line, `${line}; ${asks(phase)}`);
    const watch = await edited.start('--proxy=tls', '--offline', '--traffic', '--json');
    const [, url = ''] = await watch.says(/"type":"app-started",.*?"url":"(.*?)"/);
    expect(outside.requests).toEqual(['GET /supply', 'GET /finalize']);
    expect(await (await fetch(`${url}/env/https_proxy`)).text()).not.toContain('proxy');

    const from = watch.position;
    edited.edit('bp/bin/finalize', '=one', '=two');
    await watch.says(/^\{"type":"redone"/m, from);
    expect(await greeting(url)).toBe('two');
    expect(outside.requests).toEqual(['GET /supply', 'GET /finalize', 'GET /finalize']);
    const proxied = watch
      .since(from)
      .split('\n')
      .filter((line) => line.startsWith('{"type":"traffic"') && line.includes('"protocol":"proxy"'))
      .map((line) => JSON.parse(line) as unknown);
    expect(proxied).toMatchObject([
      {
        record: {
          ...{ request: `GET ${outside.url}/finalize`, answer: 'answered' },
          source: { kind: 'staging', phase: 'finalize', buildpack: './bp' },
        },
      },
    ]);
    expect(watch.since(from)).toContain('"kind":"redo"');
    expect(await watch.end()).toMatchObject({ exitCode: 0 });
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing after %s, and gives up what the proxy waits for',
    async (signal, { place }) => {
      await using outside = await openOutside({ answers: false });
      const script = `echo asking; curl -sS ${outside.url}/request & curl -sS -p ${outside.url}/tunnel & wait`;
      const supply = ['--buildpack', await writeSupplyBuildpack(place, script)];
      const stage = place.start(['stage', place.app, ...supply, ...HELLO_WEB, '--proxy=tls']);
      await stage.says('OUT asking');
      const responses = await Promise.all([outside.next(), outside.next()]);
      const gone = responses.map((response: ServerResponse) => once(response, 'close'));
      expect(await stage.end(signal)).toMatchObject({ exitCode: signal === 'SIGINT' ? 130 : 143 });
      await Promise.all(gone);
      expect(await place.containers()).toEqual([]);
    },
  );
});
