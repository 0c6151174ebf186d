import packed from './example.pcap.gz?url&inline';

export const EXAMPLE_NAME = 'example.pcap.gz';

/** A capture of seven conversations between programs (curl, nc, Python), some of which went wrong. It is in the page. */
export function exampleFile(): Blob {
  const bytes = atob(packed.slice(packed.indexOf(',') + 1));
  return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))]);
}
