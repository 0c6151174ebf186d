import type { Clock } from '../clock/clock';
import { offerCapture } from '../control/capture-offer';
import { annotate, type StackComments } from '../inspect/annotate';
import { isLang, type Lang } from '../inspect';
import { capturable, type CapturedLink, type CaptureOptions } from '../link/capture';
import type { Link } from '../link/link';
import { blocksIn } from '../link/pcapng';
import type { Stack } from '../node/stack';
import { CaptureFile } from './capture-file';
import { asInterface } from './capture-interfaces';
import type { HostOptions } from './options';
import { SecretsFirst } from './secrets-first';

/** How a capture is to be. */
export interface CaptureManner {
  /** With what each packet meant to us. */
  readonly comments: boolean;
  readonly lang: Lang;
  /** Of the one link with this name only. Default: of all. */
  readonly link?: string | undefined;
}

/** The captures of a host's links: the file that `--pcap` names, and those of whoever asks for one while it runs. */
export class Captures {
  private readonly links: CapturedLink[] = [];
  private readonly running = new Set<Capturing>();
  private readonly file: CaptureFile | undefined;
  private stack: Stack | undefined;
  private takeBack: (() => void) | undefined;

  /**
   * @param options `pcap`: opened here
   * @throws Failure when the file cannot be written
   */
  constructor(
    private readonly options: Pick<HostOptions, 'pcap' | 'comments' | 'keylog' | 'lang'>,
    private readonly clock: Clock,
    warn: (message: string) => void,
  ) {
    const { pcap } = options;
    this.file = pcap === undefined ? undefined : CaptureFile.open(pcap, warn);
  }

  /** The stack whose links they are: before the first of them is wrapped. */
  of(stack: Stack): void {
    this.stack = stack;
    const { comments = true, lang } = this.options;
    if (this.file !== undefined) this.start(this.file.write, { comments, lang });
  }

  /** A link that can be captured, in its place. */
  wrap(link: Link, counters?: CaptureOptions['counters']): Link {
    const captured = capturable(link, { clock: this.clock, ...(counters && { counters }) });
    this.links.push(captured);
    for (const each of this.running) each.add(captured);
    return captured;
  }

  /** Lets others capture our links while we run. */
  offer(program: string, warn: (message: string) => void): void {
    this.takeBack = offerCapture({
      program,
      links: () => this.links.map(({ name }) => name),
      start: ({ link, comments = true, lang = '' }, write) =>
        this.start(write, { link, comments, lang: isLang(lang) ? lang : this.options.lang }),
      packetsIn: (blocks) => [...blocksIn(blocks)].length,
      warn,
    });
  }

  /** Takes a line of an NSS key log. */
  readonly secret = (line: Buffer): void => {
    if (this.options.keylog === false) return;
    for (const { blocks } of this.running) blocks.secret(line);
  };

  /**
   * Begins a capture.
   * @param write takes whole blocks of a pcapng file
   * @returns ends it
   */
  start(write: (block: Uint8Array) => void, { comments, lang, link }: CaptureManner): () => void {
    const words = comments && this.stack !== undefined ? annotate(this.stack, { lang }) : undefined;
    const capturing = new Capturing(new SecretsFirst(write), words, link);
    this.running.add(capturing);
    for (const each of this.links) capturing.add(each);
    return () => {
      this.running.delete(capturing);
      capturing.end();
    };
  }

  /** Writes what is left, and ends them all. */
  async close(): Promise<void> {
    const { takeBack } = this;
    for (const each of this.running) each.end();
    this.running.clear();
    takeBack?.();
    await this.file?.close();
  }
}

/** One capture, of one link or of all. */
class Capturing {
  private readonly ends: (() => void)[] = [];

  constructor(
    readonly blocks: SecretsFirst,
    private readonly comments: StackComments | undefined,
    private readonly link: string | undefined,
  ) {}

  add(link: CapturedLink): void {
    if (this.link !== undefined && this.link !== link.name) return;
    this.ends.push(link.add(asInterface(this.ends.length, this.blocks.frame), this.comments));
  }

  end(): void {
    for (const each of this.ends) each();
    this.comments?.end();
    this.blocks.flush();
  }
}
