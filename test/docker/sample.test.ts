import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildpack, fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { openWorkplace, STAND_IN, test, type Workplace } from './support/workplace.ts';

const CONFIG_SERVER_URL = 'https://git.example.com/config-server-buildpack.git';

function pushSample(app: string, configServer: string): string[] {
  return [
    'push',
    app,
    ...STAND_IN,
    '--manifest',
    fixture('apps/rubyapp/manifest.yml'),
    '--local-buildpack',
    `${CONFIG_SERVER_URL}=${buildpack(configServer)}`,
    '--local-buildpack',
    `ruby_buildpack=${buildpack('ruby_buildpack')}`,
  ];
}

describe("the article's app and its config server", () => {
  let place: Workplace;
  let push: Running;
  let url: string;

  beforeAll(async () => {
    place = await openWorkplace();
    push = place.start(pushSample(place.app, 'config-server-http-buildpack'));
    url = await push.url();
  });

  afterAll(async () => {
    expect(await push.end()).toMatchObject({ exitCode: 0 });
    await place.close();
  });

  it.each([
    '[STG/0] OUT -----> Installing config-server buildpack',
    '[STG/0] OUT -----> Supplying Ruby',
    '[STG/0] OUT Exit status 0',
    '[APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0] OUT Starting dummy config-server...',
    '[APP/PROC/WEB/0] OUT rubyapp listens on port 8080',
    '[CELL/0] OUT Container became healthy',
  ])('shows the log line %s', async (line) => {
    await push.says(line);
  });

  it('gives log lines the format of cf, and says on stderr that the stack is a stand-in', () => {
    const lines = push.output.split('\n').filter((line) => line.startsWith('   '));
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(line).toMatch(
        /^ {3}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d[+-]\d{4} \[[A-Z0-9/-]+\] (?:OUT|ERR) ./,
      );
    }
    expect(push.output).toContain('Warning: Using the stand-in for cflinuxfs3');
  });

  it('answers /config with what only the sidecar knows', async () => {
    const response = await fetch(`${url}/config`);
    expect(await response.json()).toMatchObject({ served_by: 'config-server', scope: 'rubyapp.read' });
  });

  it('shows both processes to ssh', async () => {
    const { stdout } = await place.succeed(['ssh', place.app, '-c', 'ps axwf']);
    expect(stdout).toContain('ruby app.rb');
    expect(stdout).toContain('config-server');
  });

  it('passes the exit status of an ssh command on, its stdout and stderr apart', async () => {
    const ended = await place.run(['ssh', place.app, '-c', 'echo to-out; echo to-err >&2; exit 42']);
    expect(ended).toEqual({ exitCode: 42, signal: undefined, stdout: 'to-out', stderr: 'to-err' });
  });

  it("gives ssh diego-ssh's environment, and /tmp/lifecycle/shell the app's", async () => {
    const login = await place.succeed([
      'ssh',
      place.app,
      '-c',
      'echo $HOME $PWD $CONFIG_SERVER_PORT; id -un',
    ]);
    expect(login.stdout).toBe('/home/vcap /home/vcap 8082\nvcap');
    const command = "/tmp/lifecycle/shell /home/vcap/app 'echo $HOME $PWD $DEPS_DIR; command -v ruby'";
    const shell = await place.succeed(['ssh', place.app, '-c', command]);
    expect(shell.stdout).toBe('/home/vcap/app /home/vcap/app /home/vcap/deps\n/home/vcap/deps/1/bin/ruby');
  });

  it('reads the input of an ssh session', async () => {
    const { stdout } = await place.succeed(['ssh', place.app], { stdin: 'pipe', input: 'echo from-$USER\n' });
    expect(stdout).toBe('from-vcap');
  });
});

test('the silent config server runs beside the app and is stopped with it', async ({ place }) => {
  const push = place.start(pushSample(place.app, 'config-server-buildpack'));
  await push.url();
  await push.says('[APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0] OUT Starting dummy config-server...');
  const { stdout } = await place.succeed(['ssh', place.app, '-c', 'ps axwf']);
  expect(stdout).toContain('tail -f /dev/null');
  const ended = await push.end();
  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toContain('[APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0] OUT Exit status 143');
});
