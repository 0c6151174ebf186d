import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair } from '../../src/link/impair';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/stack';

/** Two stacks on a cable of 20 Mbit/s, in virtual time; `near` has a server on port 7. */
export function twoStacks() {
  const clock = new VirtualClock();
  const [one, other] = memoryPair({ clock, medium: 'ip' });
  const near = new Stack({ clock, seed: 1 });
  const far = new Stack({ clock, seed: 2 });
  near.attach(impair(one, { clock, seed: 1, delay: 5000, rate: 20_000_000, queue: 100_000 }), {
    address: '10.9.0.2/24',
  });
  far.attach(other, { address: '10.9.0.1/24' });
  /**
   * The far one sends so many bytes, and both close.
   * @param meanwhile called each 50 ms
   */
  const talk = (length: number, meanwhile: () => void = () => undefined): { length: number } => {
    const listener = near.tcp.open({ passive: true, local: { port: 7 } });
    let received = 0;
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection === 'string') return;
      connection.on('readable', () => {
        for (;;) {
          const bytes = connection.receive();
          if (bytes === 'EOF') connection.close();
          if (typeof bytes === 'string') return;
          received += bytes.length;
        }
      });
    });
    const caller = far.tcp.open({ remote: { address: '10.9.0.2', port: 7 } });
    let left = length;
    const send = (): void => {
      while (left > 0) {
        const taken = caller.send(new Uint8Array(Math.min(left, 65_536)));
        if (typeof taken === 'string') return;
        left -= taken;
      }
      caller.shutdown();
    };
    caller.on('connect', send).on('writable', send);
    for (let i = 0; i < 100; i++) {
      clock.advanceBy(50_000);
      meanwhile();
    }
    return { length: received };
  };
  return { clock, near, far, talk };
}
