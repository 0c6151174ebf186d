import { explainFile, type Reading } from './read';
import type { Report } from '../../src/explain';

/** What the worker says. */
export type FromWorker = { readonly reading: Reading } | { readonly report: Report };

self.addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  const say = (message: FromWorker): void => {
    self.postMessage(message);
  };
  void explainFile(data, (reading) => {
    say({ reading });
  }).then((report) => {
    say({ report });
  });
});
