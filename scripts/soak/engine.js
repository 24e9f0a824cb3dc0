import { answers, ask } from '../setup/engine-api.js';
import { engineAddresses } from '../setup/engine-address.js';
import { SetupError } from '../setup/say.js';

/** The engine that cfstage takes, for a look at what is on it. */
export async function openEngine() {
  for (const address of engineAddresses()) {
    if (await answers(address)) return new Engine(address);
  }
  throw new SetupError('No engine answers');
}

class Engine {
  #address;

  constructor(address) {
    this.#address = address;
  }

  /** `[{ kind, name, path }]` of the containers and networks with a label. */
  async labelled(label) {
    const filters = { label: [label] };
    const [containers, networks] = await Promise.all([
      this.#list('/containers/json?all=1&', filters),
      this.#list('/networks?', filters),
    ]);
    return [
      ...containers.map(({ Id, Names }) => ({
        kind: 'containers',
        name: Names.join(' '),
        path: `/containers/${Id}?force=1&v=1`,
      })),
      ...networks.map(({ Id, Name }) => ({ kind: 'networks', name: Name, path: `/networks/${Id}` })),
    ];
  }

  /** Names of the volumes that no container uses. */
  async idleVolumes() {
    const { Volumes } = await this.#list('/volumes?', { dangling: ['true'] });
    return (Volumes ?? []).map(({ Name }) => Name);
  }

  async remove(path) {
    await ask(this.#address, 'DELETE', path, { timeout: 30_000 });
  }

  async #list(path, filters) {
    const where = `${path}filters=${encodeURIComponent(JSON.stringify(filters))}`;
    const { status, text } = await ask(this.#address, 'GET', where, { timeout: 30_000 });
    if (status !== 200) throw new SetupError(`The engine answered ${status} to GET ${where}: ${text}`);
    return JSON.parse(text);
  }
}
