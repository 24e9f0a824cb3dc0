import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { describe, expect } from 'vitest';
import type { TrafficRecord } from '../../src/lifecycle/traffic-record.ts';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { EditedPlace, REDONE } from './support/edited-place.ts';
import { freePort } from './support/free-port.ts';
import { openOutside } from './support/outside.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

/** A UDP port that takes everything and says nothing. */
async function openSilence(): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket('udp4').bind(0, '0.0.0.0');
  await once(socket, 'listening');
  const { port } = socket.address();
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())) };
}

function records(json: string): readonly TrafficRecord[] {
  return json
    .split('\n')
    .filter((line) => line.startsWith('{"type":"traffic"'))
    .map((line) => (JSON.parse(line) as { record: TrafficRecord }).record);
}

describe('--traffic', () => {
  test('lists what staging tries to reach and what came of it, allowed or not, and nothing else', async ({
    place,
  }) => {
    await using outside = await openOutside();
    await using silence = await openSilence();
    const closed = await freePort();
    const { address } = outside;
    const script = `set +e
curl -sS -m 9 ${outside.url}
curl -sS -m 9 http://${address}:${closed}
echo hello > /dev/udp/${address}/${silence.port}
curl -sS -m 9 http://localhost:1 http://$(hostname -i):1
getent hosts outside.test.
exit 0`;
    const stage = [
      'stage',
      place.app,
      '--buildpack',
      await writeSupplyBuildpack(place, script),
      ...HELLO_WEB,
    ];
    const [online, offline, silent] = await Promise.all([
      place.succeed([...stage, '--traffic', '--json']),
      place.succeed(['stage', `${place.app}-offline`, ...stage.slice(2), '--traffic', '--json', '--offline']),
      place.succeed(['stage', `${place.app}-silent`, ...HELLO_WEB, '--traffic']),
    ]);
    expect(outside.requests).toEqual(['GET /']);
    const source = { kind: 'staging', phase: 'supply', buildpack: `${place.root}/dumps` };
    const to = (protocol: string, port: number, answer: string) => ({
      ...{ source, protocol, host: address, address, port, answer },
    });
    // Without an answer it is the last one to be told; who is asked for names on this machine, nobody knows.
    const asked = { source, protocol: 'dns', host: 'outside.test', answer: expect.any(String) as string };
    expect(new Set(records(online.stdout))).toEqual(
      new Set([
        to('tcp', outside.port, 'answered'),
        to('tcp', closed, 'refused'),
        asked,
        to('udp', silence.port, 'unanswered'),
      ]),
    );
    expect(records(offline.stdout)).toEqual([
      to('tcp', outside.port, 'refused'),
      to('tcp', closed, 'refused'),
      to('udp', silence.port, 'refused'),
      { ...asked, answer: 'refused' },
    ]);
    expect(silent.stderr).toContain('\n\nNothing was tried to reach.');
  });

  test('lists what the app tries, by its names, and not what comes to it', async ({ place }) => {
    await using outside = await openOutside();
    const push = place.start(['push', place.app, ...HELLO_WEB, '--offline', '--traffic']);
    const url = await push.url();
    expect(await (await fetch(url)).text()).toBe('hello');
    const tries = `curl -sS ${outside.url}; curl -sS http://${place.app}.apps.internal:8080; getent hosts no.such.`;
    await place.run(['ssh', place.app, '-c', tries]);
    expect(await push.end()).toMatchObject({ exitCode: 0 });
    const { stderr } = await push.ended;
    const [, table = ''] = stderr.split(`Traffic of ${place.app}:\n`);
    expect(
      table
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ +/)),
    ).toEqual([
      ['by', 'protocol', 'host', 'address', 'answer'],
      ['web/0', 'tcp', outside.address, `${outside.address}:${outside.port}`, 'refused'],
      ['web/0', 'dns', `${place.app}.apps.internal`, 'answered'],
      ['web/0', 'dns', 'no.such', 'refused'],
    ]);
  });

  test('of a watch lists after each redo what was tried since it began, and in the end all of it', async ({
    place,
  }) => {
    await using outside = await openOutside();
    const { address, url } = outside;
    const edited = await EditedPlace.in(place);
    const supplying = "echo '-----> Supplying'";
    edited.edit('bp/bin/supply', supplying, `${supplying}; curl -sS ${url}/supply && echo`);
    const watch = await edited.start('--offline', '--traffic', '--keep-snapshots');
    const began = `Traffic of ${place.app}:\n`;
    await watch.says(new RegExp(`${began}.*\n.*bin/supply of \\./bp .*refused`));
    let from = watch.position;
    const finalizing = "echo '-----> Finalizing'";
    edited.edit('bp/bin/finalize', finalizing, `${finalizing}; curl -sS ${url}/one; exit 3`);
    await watch.says(new RegExp(`${began}.*\n.*finalize`), from);
    expect(watch.since(from)).toContain('FAILED (');
    expect(watch.since(from).split(began)[1]).toMatch(
      new RegExp(`^by .*\nbin/finalize of \\./bp +tcp +${address} .*refused\n\n$`),
    );
    // What is tried again is told again.
    from = watch.position;
    edited.edit('bp/bin/finalize', '; exit 3', '');
    edited.edit('bp/bin/finalize', '=one', '=two');
    await watch.says(REDONE, from);
    await watch.says(new RegExp(`${began}.*\n.*finalize`), from);
    from = watch.position;
    await watch.end();
    const said = watch.since(from);
    expect(said).toContain('The snapshots are not kept');
    expect(said.split(began)[1]?.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^by/) as string,
      expect.stringMatching(/^bin\/supply of/) as string,
      expect.stringMatching(/^bin\/finalize of/) as string,
    ]);
  });

  test('lists what a task tries in its last moment', async ({ place }) => {
    await using outside = await openOutside();
    await place.succeed(['stage', place.app, ...HELLO_WEB]);
    const command = `exec 3<>/dev/tcp/${outside.address}/${outside.port}`;
    const task = ['run-task', place.app, '--name', 'last', '--command', `bash -c '${command}'`, '--traffic'];
    const { stdout } = await place.succeed([...task, '--json']);
    const { address, port } = outside;
    expect(records(stdout)).toEqual([
      {
        source: { kind: 'task', task: 'last' },
        protocol: 'tcp',
        host: address,
        address,
        port,
        answer: 'answered',
      },
    ]);
  });
});
