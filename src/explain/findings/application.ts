import { add, diff, gt } from '../../tcp/sequence';
import type { Case } from './case';
import { causes } from './finding';

/** An answer that stops for so long has stopped, µs. */
const STOPPED = 2_000_000;
const NO_CLOSE = 1006;

/** Findings about what programs say: HTTP, WebSocket, TLS. */
export function judgeApplication(judged: Case): void {
  const { application } = judged.flow;
  const { client, server } = judged;
  const [bad] = application.badAnswers;
  if (bad !== undefined) {
    const worst = application.badAnswers.find(({ status }) => status >= 500) ?? bad;
    judged.find('http-error', worst.status >= 500 ? 'trouble' : 'note', {
      side: server,
      frames: [worst.frame, ...application.badAnswers.map(({ frame }) => frame)],
      count: application.badAnswers.length,
      from: bad.time,
      evidence: { status: worst.status, line: worst.line },
    });
  }
  cutShort(judged);
  wrongProtocol(judged);
  const [close] = application.closes;
  if (close !== undefined)
    judged.find('websocket-close', isUsual(close.code) ? 'note' : 'trouble', {
      side: close.side === 'client' ? client : server,
      frames: application.closes.map(({ frame }) => frame),
      count: application.closes.length,
      from: close.time,
      evidence: { code: close.code ?? 1005, answered: application.closes.length > 1 ? 1 : 0 },
    });
  else droppedWebSocket(judged);
  // Behind the handshake an alert is nearly always the goodbye, and cannot be read.
  const alert = application.alerts.find(({ fatal, code }) => fatal || (code === undefined && !application.encrypted));
  if (alert !== undefined && !judged.has('wrong-protocol'))
    judged.find('tls-alert', 'failure', {
      side: alert.side === 'client' ? client : server,
      frames: [alert.frame, ...application.alerts.map(({ frame }) => frame)],
      from: alert.time,
      evidence: { greeted: application.greeted ? 1 : 0, alert: alert.code },
    });
}

/** A response tells its length, and less of it came. */
function cutShort(judged: Case): void {
  const { flow, client, server } = judged;
  const { answer } = flow.application;
  if (answer === undefined || !gt(answer.end, server.nxt) || judged.oneSided) return;
  // What the capture does not hold may have been there; what was sent and lost is another story.
  if (server.tallies.get('unseen') !== undefined || judged.has('mtu-black-hole', 'vanished')) return;
  // (A FIN has a number, too.)
  const heard = server.finAckedAt === undefined ? server.una : add(server.una, -1);
  const came = Math.max(0, answer.length - diff(answer.end, heard));
  const closed = server.fin ?? (server.spokeAfterReset ? undefined : server.reset);
  const silence = (client.fin?.time ?? client.reset?.time ?? judged.end) - server.lastData;
  const stopped = silence >= STOPPED && client.zeroSince === undefined;
  // A client that hangs up in the middle wanted no more.
  if ((closed === undefined || (client.fin ?? client.reset ?? closed).frame < closed.frame) && !stopped) return;
  const given = closed ?? client.fin ?? client.reset;
  judged.find('answer-cut-short', given === undefined ? 'trouble' : 'failure', {
    side: server,
    frames: [answer.frame, server.lastFrame, client.fin?.frame],
    count: 1,
    from: server.lastData,
    evidence: { length: answer.length, came, silence: stopped ? silence : 0 },
    causes: stopped
      ? causes(['slow-program', 'possible'], ['small-mtu', 'possible'], ['path-broken', 'possible'])
      : causes(['program-aborts', 'likely']),
  });
}

/** One of the two speaks TLS, and the other does not. */
function wrongProtocol(judged: Case): void {
  const { flow, server } = judged;
  const { client: asked, server: answered } = flow.application.beginnings;
  if (!flow.startsWithSyn || asked === undefined || answered === undefined || asked.frame > answered.frame) return;
  const plainServer = asked.kind === 'tls' && answered.kind === 'text';
  const plainClient = asked.kind === 'request' && answered.kind === 'alert';
  if (!plainServer && !plainClient) return;
  judged.find('wrong-protocol', 'failure', {
    side: server,
    frames: [asked.frame, answered.frame],
    from: answered.time,
    count: 1,
    evidence: { tls: plainServer ? 1 : 0, port: flow.server.port },
    causes: causes(['speaks-otherwise', 'certain']),
  });
}

/** A WebSocket whose TCP connection ended without a word of goodbye: what programs call 1006 (RFC 6455 §7.1.5). */
function droppedWebSocket(judged: Case): void {
  const { flow, client, server } = judged;
  const { upgraded } = flow.application;
  if (upgraded?.protocol !== 'websocket') return;
  const ends = [client, server].flatMap((side) => {
    const end = side.fin ?? side.reset;
    return end === undefined ? [] : [{ side, frame: end.frame, time: end.time }];
  });
  const [first] = ends.sort((a, b) => a.frame - b.frame);
  if (first === undefined) return;
  judged.find('websocket-close', 'trouble', {
    side: first.side,
    frames: [first.frame],
    count: 1,
    from: first.time,
    evidence: { code: NO_CLOSE, answered: 0 },
    causes: causes(['program-aborts', 'likely'], ['path-broken', 'possible']),
  });
}

/** 1000 normal, 1001 going away, 1005 no code; from 3000 on programs have their own (RFC 6455 §7.4). */
function isUsual(code: number | undefined): boolean {
  return code === undefined || code === 1000 || code === 1001 || code === 1005 || code >= 3000;
}
