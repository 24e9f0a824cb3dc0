import { join } from 'node:path';
import { chmod, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import { HELLO_WEB, test, type Workplace } from './support/workplace.ts';

/** A CA of this test's own and a server certificate that it signed. */
async function makeCertificates(place: Workplace) {
  const openssl = (args: string) => execa('openssl', args.split(' '), { cwd: place.root });
  const key = '-newkey rsa:2048 -nodes';
  await openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=cfstage-test-ca`);
  await openssl(`req ${key} -keyout server.key -out server.csr -subj /CN=config.example.com`);
  await openssl('x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2');
  return { ca: join(place.root, 'ca.pem'), server: await readFile(join(place.root, 'server.pem'), 'utf8') };
}

/** In the container: is the certificate trusted by default, and is the CA where a cell mounts it? */
const VERIFY = `openssl verify /tmp/server.pem; echo "path $CF_SYSTEM_CERT_PATH"; openssl x509 -noout -subject -in /etc/cf-system-certificates/*.crt`;
const TRUSTED = ['/tmp/server.pem: OK', 'path /etc/cf-system-certificates', 'subject=CN = cfstage-test-ca'];

test('--ca-cert is trusted while staging and running, and only then', async ({ place }) => {
  const { ca, server } = await makeCertificates(place);
  const verify = `#!/bin/bash\ncat >/tmp/server.pem <<'PEM'\n${server}PEM\n${VERIFY}\nexit 0\n`;
  await chmod(await place.write('verifies/bin/supply', verify), 0o755);
  const verifying = ['--buildpack', join(place.root, 'verifies'), ...HELLO_WEB];

  const without = await place.succeed(['stage', place.app, ...verifying]);
  expect(without.stdout).toContain('unable to get local issuer certificate');

  const push = place.start(['push', place.app, ...verifying, '--ca-cert', ca]);
  await push.url();
  for (const line of TRUSTED) await push.says(`[STG/0] OUT ${line}`);

  const ssh = await place.succeed(['ssh', place.app, '-c', `cat >/tmp/server.pem; ${VERIFY}`], {
    stdin: 'pipe',
    input: server,
  });
  expect(ssh.stdout.split('\n')).toEqual(TRUSTED);
  await push.end();
});
