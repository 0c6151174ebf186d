// The router of bench/forward/main.ts: a stack between two TAPs, whose kernel ends main.ts has put away.
import { Stack, TapLink } from '../../src';

const [, , a = '', b = '', masquerade = ''] = process.argv;
const router = new Stack({ ip: { forward: true } });
router.attach(TapLink.open(a), { address: ['10.1.0.1/24', 'fd00:1::1/64'] });
router.attach(TapLink.open(b), { address: ['10.2.0.1/24', 'fd00:2::1/64'], masquerade: masquerade === 'nat' });
process.on('SIGTERM', () => {
  process.stdout.write(JSON.stringify({ cpu: process.cpuUsage(), counters: router.counters }));
  process.exit();
});
process.stdout.write('ready\n');
