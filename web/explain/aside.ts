import type { Report } from '../../src/explain';
import { explainFile, Unreadable, type Reading } from './read';
import type { FromWorker } from './worker';
import ExplainWorker from './worker?worker&inline';

/**
 * Explains a file beside the page, so that it stays responsive; where a browser has no workers for us, in it, bit by bit.
 * Rejects with {@link Unreadable} where the browser does not give the file's content, with another error where there is no room for it; never
 * settles once it is aborted, and then works no more.
 */
export function explainAside(file: Blob, tell: (reading: Reading) => void, signal: AbortSignal): Promise<Report> {
  return new Promise((resolve, reject) => {
    const here = (): void => {
      explainFile(file, tell, signal).then((report) => {
        if (!signal.aborted) resolve(report);
      }, reject);
    };
    let worker: Worker;
    try {
      worker = new ExplainWorker();
    } catch {
      here();
      return;
    }
    signal.addEventListener('abort', () => {
      worker.terminate();
    });
    let hasSpoken = false;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      hasSpoken = true;
      if ('reading' in data) {
        tell(data.reading);
        return;
      }
      worker.terminate();
      if ('report' in data) resolve(data.report);
      else reject(data.failed === 'unreadable' ? new Unreadable() : new Error());
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      // One that never ran is not allowed here; one that ran and failed would fail here, too.
      if (hasSpoken) reject(new Error());
      else here();
    };
    worker.postMessage(file);
  });
}
