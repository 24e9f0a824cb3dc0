import { X509Certificate } from 'node:crypto';
import { readText } from './read-text.ts';
import { CfstageError } from '../errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, each as its own PEM text that ends with a newline. Raises CA_CERT_INVALID. */
export async function readCaBundle(path: string): Promise<readonly string[]> {
  const text = await readText(path, 'CA_CERT_INVALID');
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw invalid(path, 'it holds no CERTIFICATE block');
  return blocks.map((block, index) => {
    try {
      return `${new X509Certificate(block).toString().trimEnd()}\n`;
    } catch (error) {
      throw invalid(path, `its certificate number ${index + 1} cannot be read`, error);
    }
  });
}

function invalid(path: string, why: string, cause?: unknown): CfstageError {
  return new CfstageError('CA_CERT_INVALID', `The CA file '${path}' is not usable: ${why}`, {
    hint: 'Give a PEM file with one or more -----BEGIN CERTIFICATE----- blocks.',
    ...(cause === undefined ? {} : { cause }),
  });
}
