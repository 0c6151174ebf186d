import { Bbr } from './bbr';
import type { CongestionControl, CongestionName, CongestionSetup } from './congestion-control';
import { Cubic } from './cubic';
import { Reno } from './reno';

/** Makes the algorithm of that name. */
export function createCongestionControl(name: CongestionName, setup: CongestionSetup): CongestionControl {
  switch (name) {
    case 'reno':
      return new Reno(setup);
    case 'cubic':
      return new Cubic(setup);
    case 'bbr':
      return new Bbr(setup);
  }
}
