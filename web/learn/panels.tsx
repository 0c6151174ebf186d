import { useMemo, useState } from 'preact/hooks';
import {
  receiveWindow,
  sendWindow,
  Series,
  type ConnectionRecord,
  type End,
  type SegmentRow,
} from '../../src/inspect/record';
import type { Run, Timeline } from '../../src/lessons';
import { Plots } from '../components/plots';
import { SegmentView } from '../components/segment';
import { Tabs } from '../components/shell';
import { StateDiagram } from '../components/states';
import { Timers } from '../components/timers';
import { WindowPicture } from '../components/windows';
import { useTexts } from '../lang';
import { opened, recordOf } from './opened';
import { recordsAt, statesAt } from './outcome';
import type { Player } from './player';
import { LEARN_TEXTS } from './texts';
import { redrawWithTime, type Stage } from './use-player';

const PANELS = ['states', 'segment', 'timers', 'windows', 'plots'] as const;
type Panel = (typeof PANELS)[number];

export interface PanelsProps {
  readonly stage: Stage;
  readonly version: number;
  readonly wire: number;
  readonly selected: number | undefined;
}

/** Pictures that look closer: what there is to see of both hosts beside the ladder. */
export function Panels({ stage, version, wire, selected }: PanelsProps) {
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
            <PanelOf {...{ panel, stage, version, wire, selected }} />
          </div>
        </Tabs>
      </div>
    </section>
  );
}

function firstPanel({ lesson }: Player): Panel {
  return lesson.panels?.[0] ?? 'states';
}

function PanelOf({ panel, stage, version, wire, selected }: PanelsProps & { readonly panel: Panel }) {
  const { player } = stage;
  const { run, generation } = player;
  switch (panel) {
    case 'states':
      return <States {...{ run, version, wire }} />;
    case 'segment':
      return <Opened {...{ run, version, wire, selected }} />;
    case 'timers':
      return (
        <div class="panels-two">
          <HostTimers {...{ stage, version, wire }} end="left" />
          <HostTimers {...{ stage, version, wire }} end="right" />
        </div>
      );
    case 'windows':
      return <Windows {...{ run, version, wire }} />;
    case 'plots':
      return <HostPlots key={`${generation} ${wire}`} {...{ run, version, wire }} />;
  }
}

interface PictureProps {
  readonly run: Run;
  /** The run stays the same object while it changes: this tells that it has. */
  readonly version: number;
  readonly wire: number;
}

/** The latest connection at an end of a wire. */
function latest(run: Run, wire: number, end: End): ConnectionRecord | undefined {
  return recordsAt(run, wire, end).at(-1);
}

function timelineOf(run: Run, wire: number): Timeline {
  return run.timelines[wire] ?? run.timeline;
}

function States({ run, version, wire }: PictureProps) {
  const [one, other] = [latest(run, wire, 'left'), latest(run, wire, 'right')];
  return (
    <StateDiagram
      ends={{
        left: { state: one?.state ?? statesAt(run, wire, 'left')[0], presumed: false },
        right: { state: other?.state ?? statesAt(run, wire, 'right')[0], presumed: false },
      }}
      path={{ left: one?.path.right ?? [], right: other?.path.right ?? [] }}
      names={timelineOf(run, wire).hosts}
      since={0}
      version={version}
    />
  );
}

/** The chosen segment, or the newest. */
function Opened({ run, wire, selected }: PictureProps & { readonly selected: number | undefined }) {
  const texts = useTexts(LEARN_TEXTS);
  const timeline = timelineOf(run, wire);
  const chosen = selected === undefined ? undefined : timeline.rows.at(selected);
  const row: SegmentRow | undefined =
    chosen?.kind === 'segment' ? chosen : timeline.rows.slice().findLast((each) => each.kind === 'segment');
  const record = row === undefined ? undefined : recordOf(run, wire, row);
  const frame = row === undefined ? undefined : timeline.frameOf(row);
  const dissection = useMemo(() => (frame === undefined ? undefined : opened(frame, record)), [frame, record]);
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

interface HostTimersProps {
  readonly stage: Stage;
  readonly version: number;
  readonly wire: number;
  readonly end: End;
}

function HostTimers({ stage, wire, end }: HostTimersProps) {
  const texts = useTexts(LEARN_TEXTS);
  redrawWithTime(stage);
  const { run, generation } = stage.player;
  const record = latest(run, wire, end);
  const host = timelineOf(run, wire).hosts[end];
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

function Windows({ run, wire }: PictureProps) {
  const texts = useTexts(LEARN_TEXTS);
  return (
    <div class="panels-ends">
      {(['left', 'right'] as const).map((end) => {
        const host = timelineOf(run, wire).hosts[end];
        const record = latest(run, wire, end);
        // The client mostly sends and the server receives: so what belongs together stands beside each other.
        const directions = end === 'left' ? (['send', 'receive'] as const) : (['receive', 'send'] as const);
        return (
          <div key={host} class="panels-window">
            <h4>{host}</h4>
            {record === undefined ? (
              <p class="panels-none">{texts.noConnection(host)}</p>
            ) : (
              directions.map((direction) =>
                direction === 'send' ? (
                  <WindowPicture key={direction} direction={direction} model={sendWindow(record)} />
                ) : (
                  <WindowPicture key={direction} direction={direction} model={receiveWindow(record)} />
                ),
              )
            )}
          </div>
        );
      })}
    </div>
  );
}

/** As the host sees it that sends more: its own end is what the plots have at the right. */
function HostPlots({ run, version, wire }: PictureProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { left, right } = timelineOf(run, wire).hosts;
  const [one, other] = [latest(run, wire, 'left'), latest(run, wire, 'right')];
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
