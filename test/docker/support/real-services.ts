import { buildpack, fixture } from './paths.ts';
import { serviceImage } from './service-image.ts';
import { STAND_IN, type Workplace } from './workplace.ts';

let image = '';

/** Comes before the services; answers their image. */
export async function prepareServices(): Promise<string> {
  return (image = await serviceImage());
}

export const PASSWORD = 's3cr3t';

/** A real PostgreSQL. */
export function database(place: Workplace): Service {
  return {
    name: `${place.app}-db`,
    image,
    port: 5432,
    env: { POSTGRES_PASSWORD: PASSWORD, POSTGRES_DB: 'shop' },
    credentials: {
      uri: 'postgresql://postgres:((env.POSTGRES_PASSWORD))@((host)):((port))/((env.POSTGRES_DB))',
    },
  };
}

/** A real Redis. */
export function cache(place: Workplace): Service {
  return {
    name: `${place.app}-cache`,
    image,
    port: 6379,
    command: ['redis-server', '--requirepass', PASSWORD],
    env: { REDIS_PASSWORD: PASSWORD },
    credentials: { host: '((host))', port: '((port))', password: '((env.REDIS_PASSWORD))' },
  };
}

/** An entry of a services file. */
export interface Service {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>>;
  readonly timeout?: number;
}

/** Arguments that push an app bound to these services. */
export async function boundTo(
  place: Workplace,
  services: readonly Service[],
  { name = place.app, buildpacks = [] as readonly string[] } = {},
): Promise<readonly string[]> {
  const file = await place.write(`${name}/services.yml`, JSON.stringify({ services }));
  const app = {
    name,
    path: fixture('apps/talks-to-services'),
    buildpacks: [...buildpacks, buildpack('uses-the-procfile')],
    services: services.map((service) => service.name),
  };
  const manifest = await place.write(`${name}/manifest.yml`, JSON.stringify({ applications: [app] }));
  return [...STAND_IN, '--manifest', manifest, '--services', file];
}

export async function ask(url: string, service: 'redis' | 'postgres', question: string): Promise<string> {
  const answer = await fetch(`${url}/${service}?${encodeURIComponent(question)}`);
  return await answer.text();
}

/** Bash of a buildpack that asks Redis, which is a service of the staging as well. */
export const PING_IN_STAGING = `
read -r host port password < <(
  jq -r '.[][].credentials | select(.host) | "\\(.host) \\(.port) \\(.password)"' <<<"$VCAP_SERVICES")
exec 3<>"/dev/tcp/$host/$port"
printf 'AUTH %s\\r\\nPING\\r\\n' "$password" >&3
read -r let_in <&3 && read -r answer <&3
echo "staging: $answer"`;

export async function servicesOf(place: Workplace): Promise<readonly string[]> {
  const services = (await place.containers()).filter(({ labels }) => labels['cfstage.role'] === 'service');
  return services.map(({ labels }) => labels['cfstage.app'] ?? '').sort();
}
