import { useMemo, useState } from 'preact/hooks';
import { dissectFrame, LINK_TYPE } from '../../src/inspect/dissect';
import { receiveWindow, sendWindow, Series, type ConnectionRecord, type SegmentRow } from '../../src/inspect/record';
import type { Run } from '../../src/lessons';
import { Plots } from '../components/plots';
import { SegmentView } from '../components/segment';
import { Tabs } from '../components/shell';
import { StateDiagram } from '../components/states';
import { Timers } from '../components/timers';
import { WindowPicture } from '../components/windows';
import { useTexts } from '../lang';
import type { Player } from './player';
import { LEARN_TEXTS } from './texts';
import type { Stage } from './use-player';

const PANELS = ['states', 'segment', 'timers', 'windows', 'plots'] as const;
type Panel = (typeof PANELS)[number];

export interface PanelsProps {
  readonly stage: Stage;
  readonly version: number;
  readonly selected: number | undefined;
}

/** Pictures that look closer: what there is to see of both hosts beside the ladder. */
export function Panels({ stage, version, selected }: PanelsProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { player } = stage;
  const [panel, setPanel] = useState<Panel>(firstPanel(player));
  return (
    <section class="panels" aria-labelledby="panels">
      <h3 id="panels">{texts.closer}</h3>
      <div class="panels-tabs">
        <Tabs
          name="closer"
          label={texts.closer}
          tabs={PANELS.map((id) => ({ id, label: texts.panels[id] }))}
          selected={panel}
          onSelect={setPanel}
        >
          <div class={`panels-body panels-${panel}`}>
            <PanelOf panel={panel} stage={stage} version={version} selected={selected} />
          </div>
        </Tabs>
      </div>
    </section>
  );
}

function firstPanel({ lesson }: Player): Panel {
  if (lesson.group === 'congestion') return 'plots';
  return lesson.group === 'flow' ? 'windows' : 'states';
}

function PanelOf({ panel, stage, version, selected }: PanelsProps & { readonly panel: Panel }) {
  const { player } = stage;
  const { run, generation } = player;
  const { left, right } = run.timeline.hosts;
  switch (panel) {
    case 'states':
      return <States run={run} version={version} />;
    case 'segment':
      return <Opened run={run} version={version} selected={selected} />;
    case 'timers':
      return (
        <div class="panels-two">
          <HostTimers stage={stage} host={left} version={version} />
          <HostTimers stage={stage} host={right} version={version} />
        </div>
      );
    case 'windows':
      return <Windows run={run} version={version} />;
    case 'plots':
      return <HostPlots key={generation} run={run} version={version} />;
  }
}

/** A host's latest connection. */
function latest(run: Run, host: string): ConnectionRecord | undefined {
  return run.host(host).records.at(-1);
}

function States({ run, version }: { readonly run: Run; readonly version: number }) {
  const { left, right } = run.timeline.hosts;
  const [one, other] = [latest(run, left), latest(run, right)];
  return (
    <StateDiagram
      ends={{
        left: { state: one?.state ?? run.state(left), presumed: false },
        right: { state: other?.state ?? run.state(right), presumed: false },
      }}
      path={{ left: one?.path.right ?? [], right: other?.path.right ?? [] }}
      names={run.timeline.hosts}
      since={0}
      version={version}
    />
  );
}

/** The chosen segment, or the newest. */
function Opened({
  run,
  selected,
}: {
  readonly run: Run;
  readonly version: number;
  readonly selected: number | undefined;
}) {
  const texts = useTexts(LEARN_TEXTS);
  const { timeline } = run;
  const chosen = selected === undefined ? undefined : timeline.rows.at(selected);
  const row: SegmentRow | undefined =
    chosen?.kind === 'segment' ? chosen : timeline.rows.slice().findLast((each) => each.kind === 'segment');
  const record = row === undefined ? undefined : recordOf(run, row);
  const dissection = useMemo(() => {
    const frame = row === undefined ? undefined : timeline.frameOf(row);
    if (frame === undefined) return undefined;
    const isn = { seq: record?.flows.right.isn, ack: record?.flows.left.isn };
    return dissectFrame(frame.bytes, LINK_TYPE.IPV4, { tcp: { isn } });
  }, [row, record]);
  if (row === undefined || record === undefined) return <p class="panels-none">{texts.noSegment}</p>;
  return (
    <SegmentView
      key={row.index}
      record={record}
      row={row}
      names={timeline.hosts}
      {...(dissection !== undefined && { dissection })}
    />
  );
}

/** Its sender's record of the connection; of a segment from nobody, any. */
function recordOf(run: Run, row: SegmentRow): ConnectionRecord | undefined {
  const { records } = run.host(run.timeline.hosts[row.from]);
  const { local, remote } = row.event.connection;
  const own = records.findLast(({ id }) => id.local.port === local.port && id.remote.port === remote.port);
  return own ?? records.at(-1) ?? [...run.world.hosts.values()].flatMap((host) => host.records).at(-1);
}

function HostTimers({ stage, host }: { readonly stage: Stage; readonly host: string; readonly version: number }) {
  const texts = useTexts(LEARN_TEXTS);
  void stage.clock.value;
  const { run, generation } = stage.player;
  const record = latest(run, host);
  return (
    <div>
      <h4>{texts.timersOf(host)}</h4>
      {record === undefined ? (
        <p class="panels-none">{texts.noConnection(host)}</p>
      ) : (
        <Timers key={generation} timers={record.timers} fired={record.fired} now={run.now} version={record.version} />
      )}
    </div>
  );
}

function Windows({ run }: { readonly run: Run; readonly version: number }) {
  const texts = useTexts(LEARN_TEXTS);
  const { left, right } = run.timeline.hosts;
  return (
    <>
      {[left, right].map((host) => {
        const record = latest(run, host);
        return (
          <div key={host} class="panels-window">
            <h4>{host}</h4>
            {record === undefined ? (
              <p class="panels-none">{texts.noConnection(host)}</p>
            ) : (
              <>
                <WindowPicture direction="send" model={sendWindow(record)} />
                <WindowPicture direction="receive" model={receiveWindow(record)} />
              </>
            )}
          </div>
        );
      })}
    </>
  );
}

/** As the host sees it that sends more: its own end is what the plots have at the right. */
function HostPlots({ run, version }: { readonly run: Run; readonly version: number }) {
  const texts = useTexts(LEARN_TEXTS);
  const { left, right } = run.timeline.hosts;
  const [one, other] = [latest(run, left), latest(run, right)];
  const isOther = (other?.counters.bytes.out ?? 0) > (one?.counters.bytes.out ?? 0);
  const record = isOther ? other : one;
  const series = useMemo(() => (record === undefined ? undefined : new Series(record)), [record]);
  if (series === undefined) return <p class="panels-none">{texts.noConnection(left)}</p>;
  return (
    <Plots
      series={series}
      version={version}
      names={isOther ? { left, right } : { left: right, right: left }}
      height={180}
    />
  );
}
