import type { Case } from './case';

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
  const [close] = application.closes;
  if (close !== undefined)
    judged.find('websocket-close', isUsual(close.code) ? 'note' : 'trouble', {
      side: close.side === 'client' ? client : server,
      frames: application.closes.map(({ frame }) => frame),
      count: application.closes.length,
      from: close.time,
      evidence: { code: close.code ?? 1005, answered: application.closes.length > 1 ? 1 : 0 },
    });
  const [alert] = application.alerts;
  // Behind the handshake an alert is nearly always the goodbye, and cannot be read.
  if (alert !== undefined && !application.encrypted)
    judged.find('tls-alert', 'failure', {
      side: alert.side === 'client' ? client : server,
      frames: application.alerts.map(({ frame }) => frame),
      from: alert.time,
      evidence: { greeted: application.greeted ? 1 : 0 },
    });
}

/** 1000 normal, 1001 going away, 1005 no code; from 3000 on programs have their own (RFC 6455 §7.4). */
function isUsual(code: number | undefined): boolean {
  return code === undefined || code === 1000 || code === 1001 || code === 1005 || code >= 3000;
}
