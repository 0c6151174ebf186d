import { useEffect, useState } from 'preact/hooks';
import { Ladder } from '../components/ladder';
import { SegmentView } from '../components/segment';
import { Ring, type Row } from '../../src/inspect/record';
import { scene, withArrivals } from './scenes';

/**
 * A scene's ladder, by the page's query: `scene`; `both` ends seen; `open` a segment, by its number; `live`: so many rows a second, from
 * the row `start` on; `actions`; `mode=scale`.
 */
const params = new URLSearchParams(location.search);
const record = scene(params.get('scene') ?? 'echo');
const both = params.has('both');
const source = both ? withArrivals(record) : record.rows;
const { id } = record;
const NAMES = {
  left: `${id.remote.address}:${id.remote.port}`,
  right: `synack ${id.local.address}:${id.local.port}`,
};
/** Rows a second that are added live. */
const pace = Number(params.get('live') ?? 0);
const start = Number(params.get('start') ?? source.end);

const actions = () => <button type="button">drop this</button>;

export function SceneLadder() {
  const [version, setVersion] = useState(0);
  const [selected, setSelected] = useState<number | undefined>(
    params.has('open') ? nthSegment(Number(params.get('open'))) : undefined,
  );
  const [rows] = useState(() => {
    if (pace === 0) return source;
    const ring = new Ring<Row>(source.limit);
    for (let at = 0; at < start; at++) put(ring);
    return ring;
  });
  useEffect(() => {
    if (pace === 0) return undefined;
    const begun = performance.now();
    let put_ = 0;
    const step = (): void => {
      const due = Math.floor(((performance.now() - begun) / 1000) * pace);
      for (; put_ < due; put_++) put(rows);
      setVersion(due);
      timer = requestAnimationFrame(step);
    };
    let timer = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(timer);
    };
  }, []);
  const opened = selected === undefined || !params.has('open') ? undefined : rows.at(selected);
  return (
    <main class="lab-scene">
      <div class="lab-ladder">
        <Ladder
          rows={rows}
          version={version}
          names={NAMES}
          selected={selected}
          onSelect={setSelected}
          live={pace > 0}
          bothSeen={both}
          {...(params.has('actions') && { actions })}
          timeMode={params.get('mode') === 'scale' ? 'scale' : 'even'}
        />
      </div>
      {opened?.kind === 'segment' && (
        <div class="lab-segment">
          <SegmentView record={record} row={opened} names={NAMES} />
        </div>
      )}
    </main>
  );
}

/** The number of the row that is the nth segment of the scene. */
function nthSegment(n: number): number | undefined {
  return [...source].filter(({ kind }) => kind === 'segment')[n]?.index;
}

/** The next row of the scene, over and over. */
function put(ring: Ring<Row>): void {
  const row = source.at(source.first + (ring.end % source.length));
  if (row !== undefined) ring.push({ ...row, index: ring.end, time: ring.end * 5000 });
}
