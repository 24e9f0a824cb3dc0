// A session of its own: offers itself as router on the state folder argv[2] and tells of it, one JSON line each.
import { RouteDirectory } from '../../../../src/host/route-directory.ts';
import { homeAt } from '../../../../src/host/home.ts';
import { RouterSeat } from '../../../../src/router/router-seat.ts';

const [, , root, session, endpoints = '[]'] = process.argv;
const routes = new RouteDirectory(homeAt(root));
await routes.publish(session, JSON.parse(endpoints));
const seat = await RouterSeat.start({ routes, onAccess: () => undefined });
process.stdout.write(`${JSON.stringify({ port: seat.port, serving: seat.serving })}\n`);
process.once('SIGTERM', async () => {
  await seat[Symbol.asyncDispose]();
  await routes.withdraw(session);
  process.exit(0);
});
setInterval(() => undefined, 60_000);
