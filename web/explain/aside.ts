import type { Report } from '../../src/explain';
import { explainFile, type Reading } from './read';
import type { FromWorker } from './worker';
import ExplainWorker from './worker?worker&inline';

/** Explains a file beside the page, so that it stays responsive; where a browser has no workers for us, in it, bit by bit. */
export function explainAside(file: Blob, tell: (reading: Reading) => void): Promise<Report> {
  return new Promise((resolve) => {
    const here = (): void => {
      void explainFile(file, tell).then(resolve);
    };
    let worker: Worker;
    try {
      worker = new ExplainWorker();
    } catch {
      here();
      return;
    }
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('reading' in data) {
        tell(data.reading);
        return;
      }
      worker.terminate();
      resolve(data.report);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      here();
    };
    worker.postMessage(file);
  });
}
