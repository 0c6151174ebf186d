import { labSuite } from '../support/lab-suite';
import { familyTests } from './either-family';
import { IPV6 } from './family';

const PROGRAMS = ['nc', 'ip'];

// Over a TUN, where there is no NDP, they are in tun.test.ts.
labSuite(
  __filename,
  'IPv6 over a TAP',
  PROGRAMS,
  (test) => {
    familyTests(test, IPV6);
  },
  { ipv6: true },
);
