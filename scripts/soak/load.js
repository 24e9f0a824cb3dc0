import { Agent, get } from 'node:http';

const AT_ONCE = 4;

/**
 * Asks the hosts behind a router in turn, four at a time, until `signal` fires. Counts what was answered with 200 and
 * what was not; `over` settles after the last answer.
 */
export function load({ port, hosts, signal }) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const counts = { answered: 0, failed: 0 };
  const lane = async (first) => {
    for (let i = first; !signal.aborted; i += AT_ONCE) {
      const status = await ask({ agent, port, host: hosts[i % hosts.length] });
      if (status === 200) counts.answered += 1;
      else counts.failed += 1;
    }
  };
  const lanes = Array.from({ length: AT_ONCE }, (_, i) => lane(i));
  counts.over = Promise.all(lanes).finally(() => agent.destroy());
  return counts;
}

function ask({ agent, port, host }) {
  return new Promise((resolve) => {
    const request = get({ agent, port, host: '127.0.0.1', path: '/', headers: { host } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', (error) => resolve(error.code));
  });
}
