import { Stack as CoreStack, type StackOptions } from '../stack';
import { AWAKE } from './awake';
import { createDgram, type Dgram } from './dgram/dgram';
import { OpenHandles } from './open-handles';
import type { Net } from './net';
import { createNet } from './net';
import { Server } from './server';

/** A stack for Node programs: the core, and the modules that Node's own programs know. */
export class Stack extends CoreStack {
  readonly #open = new OpenHandles();
  /** `node:net`, over this stack. */
  readonly net: Net = createNet(this, this.#open);
  /** `node:dgram`, over this stack. */
  readonly dgram: Dgram = createDgram(this);

  constructor(options?: StackOptions) {
    super(options);
    this.aroundArrival = (work) => {
      AWAKE.after(work);
    };
  }

  /** Closes every server, destroys every socket, and then the stack. */
  override async close(): Promise<void> {
    for (const handle of this.#open.all()) {
      if (handle instanceof Server) handle.close();
      else handle.destroy();
    }
    await super.close();
  }
}
