import type { Talk } from './talk';
import type { World } from './world';

/**
 * The simplest script: B takes calls at port 80, and A calls at once.
 * @param says what A's program does with its end of the connection; default: nothing
 */
export function aCallsB(says: (client: Talk, world: World) => void = () => undefined): (world: World) => void {
  return (world) => {
    const { a, b } = world;
    b.listen(80);
    world.at(0, () => {
      says(a.connect(b, 80), world);
    });
  };
}
