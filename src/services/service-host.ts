/** Domain of backing services on the private network. */
const SERVICE_DOMAIN = 'service.internal';

/** Where a backing service is reached, known before it runs: its name as a DNS label, e.g. `my-db.service.internal`. */
export function serviceHost(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return `${label === '' ? 'unnamed' : label}.${SERVICE_DOMAIN}`;
}
