import { labSuite } from '../support/lab-suite';
import { everyLinkTests, PROGRAMS } from './every-link';
import { IPV4, IPV6 } from './family';

for (const link of ['tap', 'tun', 'pcap', 'raw', 'udp'] as const) {
  labSuite(
    __filename,
    `over ${link}`,
    PROGRAMS,
    (test) => {
      everyLinkTests(test, IPV4);
      everyLinkTests(test, IPV6);
    },
    { link, ipv6: true },
  );
}
