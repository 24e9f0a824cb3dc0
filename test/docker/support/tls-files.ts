import { mkdir } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { execa } from 'execa';
import type { Workplace } from './workplace.ts';

/** What an engine with TLS and its clients hold. */
export interface TlsFiles {
  /** For a server that takes only clients of its own authority. */
  readonly server: TlsOptions;
  /** Folder with ca.pem, cert.pem and key.pem. */
  readonly client: string;
}

/** An authority of the test's own, and what it has signed: a server at 127.0.0.1 and a client. */
export async function makeTlsFiles(place: Workplace, folder: string): Promise<TlsFiles> {
  const client = join(place.root, folder);
  await mkdir(client, { recursive: true });
  await place.write(`${folder}/server.ext`, 'subjectAltName = IP:127.0.0.1\n');
  await place.write(`${folder}/client.ext`, 'extendedKeyUsage = clientAuth\n');
  const openssl = (args: string) => execa('openssl', args.split(' '), { cwd: client });
  const newKey = 'req -newkey rsa:2048 -nodes';
  await openssl(`${newKey} -x509 -keyout ca.key -out ca.pem -days 2 -subj /CN=cfstage-test-engine-ca`);
  const sign = async (name: string, key: string, cert: string) => {
    await openssl(`${newKey} -keyout ${key} -out ${name}.csr -subj /CN=${name}`);
    await openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ${name}.ext -out ${cert} -days 2`,
    );
  };
  await sign('server', 'server-key.pem', 'server-cert.pem');
  await sign('client', 'key.pem', 'cert.pem');
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'server-cert.pem', 'server-key.pem'].map((name) => readFile(join(client, name), 'utf8')),
  );
  return { server: { ca, cert, key, requestCert: true, rejectUnauthorized: true }, client };
}
