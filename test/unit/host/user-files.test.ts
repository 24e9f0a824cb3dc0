import { X509Certificate } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCaBundle } from '../../../src/host/ca-bundle.ts';
import { isPortFree, requireFreePort } from '../../../src/host/free-port.ts';
import { findManifest, readManifest, readText } from '../../../src/host/read-text.ts';
import { tempDir } from './host-fixtures.ts';

describe('manifests', () => {
  test('manifest.yml comes before manifest.yaml, and no manifest is no error', async () => {
    const folder = tempDir({ 'manifest.yml': 'one', 'manifest.yaml': 'two' });
    expect(await findManifest(folder)).toEqual({ path: join(folder, 'manifest.yml'), text: 'one' });
    expect(await readManifest(tempDir({ 'manifest.yaml': 'two' }))).toMatchObject({ text: 'two' });
    expect(await findManifest(tempDir())).toBeUndefined();
  });

  test('a symlink is resolved and a byte order mark dropped', async () => {
    const real = tempDir({ 'real.yml': '\uFEFFtext' });
    const folder = tempDir();
    symlinkSync(join(real, 'real.yml'), join(folder, 'manifest.yml'));
    expect(await readManifest(folder)).toEqual({ path: join(real, 'real.yml'), text: 'text' });
  });

  test('what is not there is said in the words of cf', async () => {
    const folder = tempDir();
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'MANIFEST_NOT_FOUND',
      message: `The specified directory '${folder}' does not contain a file named 'manifest.yml'.`,
    });
    await expect(readManifest('/no/such')).rejects.toMatchObject({
      message: "The specified path '/no/such' does not exist.",
    });
    await expect(readText(folder, 'VARIABLES_INVALID')).rejects.toMatchObject({
      code: 'VARIABLES_INVALID',
      hint: 'Name a file, not a directory.',
    });
  });
});

describe('ports', () => {
  test('one that is listened on is not free', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await isPortFree(port)).toBe(false);
    await expect(requireFreePort(port)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
    await requireFreePort(port);
  });
});

describe('CA bundles', () => {
  const [first = '', second = ''] = rootCertificates;

  test('each certificate comes out on its own', async () => {
    const path = join(tempDir({ 'ca.pem': `# one\n${first}\n\n# two\r\n${second}` }), 'ca.pem');
    const fingerprints = (pems: readonly string[]): string[] =>
      pems.map((pem) => new X509Certificate(pem).fingerprint256);
    expect(fingerprints(await readCaBundle(path))).toEqual(fingerprints([first, second]));
  });

  test.each([
    ['nothing', ''],
    ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['a good and a broken one', `${first}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
  ])('%s is invalid', async (_, text) => {
    const path = join(tempDir({ 'ca.pem': text }), 'ca.pem');
    await expect(readCaBundle(path)).rejects.toMatchObject({ code: 'CA_CERT_INVALID' });
  });

  test('a file that is not there is invalid', async () => {
    await expect(readCaBundle('/no/such.pem')).rejects.toMatchObject({ code: 'CA_CERT_INVALID' });
  });
});
