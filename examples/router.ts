// A router between two links, which lets all who are behind the first out by the second under its own address (NAT). As root, with an
// interface eth0 that leads out:
//   npx ts-node examples/router.ts tap:tap0,host=10.1.0.1/24,address=10.1.0.2/24 pcap:eth0,address=dhcp,masquerade
import { openLink, Stack } from '../src';

async function main(): Promise<void> {
  const stack = new Stack({ ip: { forward: true } });
  for (const notation of process.argv.slice(2)) {
    const { link, config } = await openLink(notation);
    stack.attach(link, config);
  }
  stack.observe((event) => {
    if (event.type === 'forward') console.log(event);
  });
}

void main();
