import { explainFile, Unreadable, type Reading } from './read';
import type { Report } from '../../src/explain';

/** What the worker says. */
export type FromWorker =
  { readonly reading: Reading } | { readonly report: Report } | { readonly failed: 'unreadable' | 'other' };

self.addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  const say = (message: FromWorker): void => {
    self.postMessage(message);
  };
  explainFile(data, (reading) => {
    say({ reading });
  }).then(
    (report) => {
      say({ report });
    },
    (error: unknown) => {
      say({ failed: error instanceof Unreadable ? 'unreadable' : 'other' });
    },
  );
});
