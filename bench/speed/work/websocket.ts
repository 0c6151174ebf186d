import { PORTS } from '../addresses';
import { inTurns, rowsOf, type Sample } from '../compare';
import { contenders, withEnds } from '../ends/contest';
import { runLoad, type End } from '../ends/end';
import type { Row } from '../row';
import type { Settings } from '../settings';

const CONNECTIONS = 64;
/** Bytes. */
const SIZE = 64;
/** ms. Before the first run: V8 compiles what is hot. */
const WARM_UP = 1500;

/** What `load websocket` prints. */
interface Messages {
  readonly count: number;
  readonly seconds: number;
}

/** Messages that `ws` sends back, one under way on each connection. */
export async function websocket(settings: Settings): Promise<Row[]> {
  const measure = async (end: End, times: { warm: number; time: number }): Promise<Sample> => {
    const { result, cpu } = await runLoad<Messages>(end, ['websocket', PORTS.websocket], times, [CONNECTIONS, SIZE]);
    const { count, seconds } = result;
    if (count < 100) throw new Error(`${end.name}: only ${count} messages in ${seconds} s`);
    return { value: count / seconds, cpu };
  };
  return withEnds({ offload: true, peers: ['node'] }, async (ends) => {
    for (const end of ends) await measure(end, { warm: 0, time: WARM_UP });
    const measured = await inTurns(
      contenders(ends, (end) => measure(end, settings)),
      settings.pairs,
    );
    const [synack, ...peers] = measured;
    if (synack === undefined) return [];
    const named = [synack, ...peers.map((peer) => ({ ...peer, name: 'ws on Node over veth' }))];
    return rowsOf({ work: 'websocket', unit: 'messages/s', better: 'more' }, named);
  });
}
