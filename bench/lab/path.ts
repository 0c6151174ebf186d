// The process in which the bad network and synack run: it opens the TAPs in the namespace that it was started in, and
// does what it is told by messages (see path-calls.ts).
import { BadPath } from './bad-path';
import type { Argument, CallName, PathCalls, Received, Reply, Request } from './path-calls';
import { receive, send } from './synack-end';

const path = new BadPath();
const receiving = new Map<number, Promise<Received>>();

const calls: { [Name in CallName]: (argument: Argument<Name>) => ReturnType<PathCalls[Name]> | Promise<void> } = {
  begin: ({ seed, network, tcp }) => path.begin(seed, network, tcp),
  send: ({ to, ...load }) => send(path.stack, to, load),
  listen: ({ port, ...load }) => {
    receiving.set(port, receive(path.stack, port, load));
  },
  received: ({ port }) => {
    const received = receiving.get(port);
    if (received === undefined) throw new Error(`nobody listens on port ${port}`);
    receiving.delete(port);
    return received;
  },
  end: () => ({ right: path.counters.out, left: path.counters.in }),
};

process.on('message', (request: Request) => {
  void reply(request).then((message) => process.send?.(message));
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0, answer: 'open' } satisfies Reply);

async function reply({ id, call, argument }: Request): Promise<Reply> {
  try {
    // The argument belongs to the call: Request says so, which TypeScript loses when it looks one up by the other.
    const perform = calls[call] as (argument: Request['argument']) => unknown;
    return { id, answer: await perform(argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
