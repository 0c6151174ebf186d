import { Stack as CoreStack } from '../stack';
import { AWAKE } from './awake';
import type { OpenHandles } from './host';
import type { Net } from './net';
import { createNet } from './net';
import { Server } from './server';

/** A stack for Node programs: the core, and the modules that Node's own programs know. */
export class Stack extends CoreStack {
  readonly #open: OpenHandles = new Set();
  /** `node:net`, over this stack. */
  readonly net: Net = createNet(this, this.#open);

  override attach(...[link, config]: Parameters<CoreStack['attach']>): ReturnType<CoreStack['attach']> {
    const attached = super.attach(link, config);
    if (link.calledByEventLoop === true) {
      const receive = link.onReceive;
      link.onReceive = (batch, info) => {
        AWAKE.after(() => {
          receive(batch, info);
        });
      };
    }
    return attached;
  }

  /** Closes every server, destroys every socket, and then the stack. */
  override async close(): Promise<void> {
    for (const handle of [...this.#open]) {
      if (handle instanceof Server) handle.close();
      else handle.destroy();
    }
    await super.close();
  }
}
