import { X509Certificate } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeAt } from '../../../src/host/home.ts';
import { issueCredentials, newIdentityKey, openAuthority } from '../../../src/host/identity-authority.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';

const SUBJECT = { guid: 'g', address: '10.0.0.1', organizationGuid: 'o', spaceGuid: 's', appGuid: 'a' };

it('is made once, also by several at the same time, and only its owner reads it', async () => {
  await using folder = await makeTempDir('identity');
  const home = homeAt(folder.path);
  const opened = await Promise.all([openAuthority(home), openAuthority(home), openAuthority(home)]);
  const again = await openAuthority(home);
  expect(new Set([...opened, again].map(({ certificate }) => certificate)).size).toBe(1);
  expect((await readdir(home.identity)).sort()).toEqual(['ca.crt', 'ca.key']);
  for (const file of ['ca.crt', 'ca.key']) {
    expect((await stat(join(home.identity, file))).mode & 0o777).toBe(0o600);
  }
});

it.each([
  ['its key is gone', async (folder: string) => await rm(join(folder, 'ca.key'))],
  ['its certificate is gone', async (folder: string) => await rm(join(folder, 'ca.crt'))],
  ['its key is damaged', async (folder: string) => await writeFile(join(folder, 'ca.key'), 'damaged')],
])('is made anew when %s', async (_, damage) => {
  await using folder = await makeTempDir('identity');
  const home = homeAt(folder.path);
  const first = await openAuthority(home);
  await damage(home.identity);
  const second = await openAuthority(home);
  expect(second.certificate).not.toBe(first.certificate);
  expect((await openAuthority(home)).certificate).toBe(second.certificate);
});

it('issues a certificate with the chain behind it', async () => {
  await using folder = await makeTempDir('identity');
  const authority = await openAuthority(homeAt(folder.path));
  const key = await newIdentityKey();
  const issued = issueCredentials(authority, SUBJECT, key);
  const [leaf, issuer, ...others] =
    issued.certificate.match(/-----BEGIN[\s\S]+?END CERTIFICATE-----\n/g) ?? [];
  expect(others).toEqual([]);
  expect(issuer).toBe(authority.certificate);
  expect(new X509Certificate(leaf ?? '').checkIssued(new X509Certificate(authority.certificate))).toBe(true);
  expect(new X509Certificate(leaf ?? '').checkPrivateKey(key)).toBe(true);
  expect(issued.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
});
