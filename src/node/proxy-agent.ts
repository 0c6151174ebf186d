import * as nodeHttp from 'node:http';
import * as nodeHttps from 'node:https';
import type * as net from 'node:net';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Http } from './http';
import type { Net } from './net';
import { authorityOf, noAnswer, ProxyError, refusal } from './proxy-errors';
import type { Tls } from './tls';

/** Options of connections to a proxy, beside what every agent takes. */
export interface ProxyAgentOptions extends nodeHttp.AgentOptions {
  /** How long the proxy may take to be connected to and to answer, in ms. Default 30,000. */
  readonly proxyTimeout?: number;
  /** What the head of a CONNECT says besides: `{ 'user-agent': … }`. */
  readonly proxyHeaders?: nodeHttp.OutgoingHttpHeaders;
  /** TLS's options for the connection to a proxy whose URL begins with `https:`. */
  readonly proxyTls?: ConnectionOptions;
}

/** What a proxy's answer to CONNECT may be long, in bytes, without what comes through the tunnel. */
const MAX_HEAD = 16_384;
const TIMEOUT = 30_000;

/**
 * A default port by which the agent knows that the program has named none: the agent is asked for it before it can know whether the request
 * is of http or of https.
 */
const NOT_NAMED = -1;

/** What an agent is told of the connection that it shall make. Node's types know the half of it. */
interface RequestOptions extends nodeHttp.ClientRequestArgs {
  readonly _defaultAgent?: nodeHttp.Agent & { readonly protocol?: string };
}

type TunnelCallback = (error: Error | null, tunnel?: net.Socket) => void;

type ConnectionCallback = NonNullable<Parameters<nodeHttp.Agent['createConnection']>[1]>;

/** Node gives no socket where there is an error. */
const NO_SOCKET = undefined as unknown as net.Socket;

type NameOptions = Parameters<nodeHttp.Agent['getName']>[0];

/** The name that an `https.Agent` gives: with TLS's options in it. */
const { getName: httpsName } = nodeHttps.Agent.prototype as unknown as {
  readonly getName: (this: nodeHttp.Agent, options: NameOptions) => string;
};

/** `addRequest` is there in every agent, and only not in the types. */
const { addRequest } = nodeHttp.Agent.prototype as unknown as {
  readonly addRequest: (this: nodeHttp.Agent, request: nodeHttp.ClientRequest, options: RequestOptions) => void;
};

/** The modules of the stack that it makes its connections with. */
export interface ProxyModules {
  readonly net: Net;
  readonly http: Http;
  readonly tls: Tls;
}

/**
 * An agent whose connections are tunnels that an HTTP proxy makes: CONNECT, RFC 9110 §9.3.6. It serves `http.request` and `https.request`
 * alike, of the stack and of Node, and WebSockets by both. What is for https has TLS from end to end, inside the tunnel.
 *
 * A request whose tunnel cannot be made fails with a `ProxyError`, which says why and what to do.
 */
export class ProxyAgent extends nodeHttp.Agent {
  readonly defaultPort = NOT_NAMED;
  /** None, so that requests of both protocols may use it. */
  readonly protocol = undefined;

  readonly #modules: ProxyModules;
  readonly #proxy: URL;
  readonly #authorization: nodeHttp.OutgoingHttpHeaders;
  readonly #settings: ProxyAgentOptions;

  /**
   * @param proxy its URL, `http://name:password@host:port`; `https:` where it is to be spoken to by TLS
   * @throws TypeError for a URL that is none, or of another kind
   */
  constructor(
    modules: ProxyModules,
    proxy: string | URL,
    { proxyHeaders, proxyTls, proxyTimeout, ...options }: ProxyAgentOptions = {},
  ) {
    super(options);
    this.#modules = modules;
    this.#proxy = new URL(proxy);
    this.#settings = {
      ...(proxyHeaders && { proxyHeaders }),
      ...(proxyTls && { proxyTls }),
      ...(proxyTimeout !== undefined && { proxyTimeout }),
    };
    const { protocol } = this.#proxy;
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new TypeError(`a proxy at ${protocol} is not known here; its URL must begin with http: or https:`);
    }
    this.#authorization = authorizationOf(this.#proxy);
  }

  addRequest(request: nodeHttp.ClientRequest, options: RequestOptions): void {
    const { port } = options;
    addRequest.call(this, request, port === NOT_NAMED ? { ...options, port: isSecure(options) ? 443 : 80 } : options);
  }

  /** Tunnels are kept apart by what they are for, and by TLS's options. */
  override getName(options: RequestOptions = {}): string {
    const named: NameOptions = { ...options, host: options.host ?? undefined, port: Number(options.port) };
    return isSecure(options) ? `tls:${httpsName.call(this, named)}` : super.getName(named);
  }

  /** Called by Node. The socket comes by the callback, when there is a tunnel. */
  override createConnection(options: RequestOptions, done: ConnectionCallback = () => undefined): undefined {
    this.#tunnel(authorityOf(options.host ?? 'localhost', options.port ?? 80), (error, tunnel = NO_SOCKET) => {
      if (error !== null) done(error, NO_SOCKET);
      else if (isSecure(options)) done(null, this.#modules.tls.connect(tlsOptions(options, tunnel)));
      else done(null, tunnel);
    });
  }

  /** @param authority where to: `host:port` */
  #tunnel(authority: string, done: TunnelCallback): void {
    const { host } = this.#proxy;
    const { proxyTimeout = TIMEOUT, proxyHeaders } = this.#settings;
    let connected = false;
    const request = this.#modules.http.request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyHeaders, ...this.#authorization },
      maxHeaderSize: MAX_HEAD,
      createConnection: () => this.#connect().once('connect', () => (connected = true)),
    });
    const timer = setTimeout(() => {
      request.destroy(noAnswer(host, authority, proxyTimeout, connected));
    }, proxyTimeout);
    request.once('connect', (answer, socket, head) => {
      clearTimeout(timer);
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        done(refusal(host, authority, answer, this.#proxy.username !== ''));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
    });
    // A proxy that knows no CONNECT answers as to any other request.
    request.once('response', (answer) => {
      clearTimeout(timer);
      answer.destroy();
      done(refusal(host, authority, answer, this.#proxy.username !== ''));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      done(error instanceof ProxyError ? error : ProxyError.of(host, authority, error, connected));
    });
    request.end();
  }

  #connect(): net.Socket {
    const { protocol, hostname } = this.#proxy;
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const secure = protocol === 'https:';
    const to = { host, port: Number(this.#proxy.port || (secure ? 443 : 80)) };
    if (!secure) return this.#modules.net.connect(to);
    const { tls } = this.#modules;
    return tls.connect({ ...to, ...(isIP(host) === 0 && { servername: host }), ...this.#settings.proxyTls });
  }
}

/** @throws URIError for a name or a password that is not well encoded */
function authorizationOf({ username, password }: URL): nodeHttp.OutgoingHttpHeaders {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** @returns whether it is https that asks: by that module's own agent, which every request of it names */
function isSecure({ _defaultAgent }: RequestOptions): boolean {
  return _defaultAgent?.protocol === 'https:';
}

/** What of a request's options is TLS's. Its path is none of a pipe, and its time-out is its own. */
function tlsOptions(options: RequestOptions, socket: net.Socket): ConnectionOptions {
  return { ...(options as ConnectionOptions), socket, path: undefined, timeout: undefined };
}
