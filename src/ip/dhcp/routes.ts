import type { Interface } from '../interface';
import type { Ip } from '../ip';
import type { Route } from '../routes';
import type { DhcpLease } from './lease';

/** The routes that a lease has brought. */
export class LeasedRoutes {
  readonly #routes = new Map<string, Route>();

  constructor(
    private readonly ip: Pick<Ip, 'addRoute' | 'removeRoute'>,
    private readonly on: Interface,
    private readonly metric: number,
  ) {}

  /** Has these, and of those that came before no other. */
  set(wanted: DhcpLease['routes']): void {
    const byKey = new Map(wanted.map((route) => [`${route.prefix} ${route.router ?? ''}`, route]));
    for (const [key, route] of this.#routes) {
      if (byKey.has(key)) continue;
      this.ip.removeRoute(route);
      this.#routes.delete(key);
    }
    for (const [key, { prefix, router }] of byKey) {
      if (this.#routes.has(key)) continue;
      const gateway = router === undefined ? {} : { gateway: router };
      this.#routes.set(key, this.ip.addRoute({ prefix, ...gateway, interface: this.on, metric: this.metric }));
    }
  }
}
