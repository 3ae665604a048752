import { CloseCode } from '../../shared/protocol/close-code.ts';
import { encodeUtf8 } from '../../shared/protocol/utf8.ts';
import { ABNF, type MaskKeySource } from '../../shared/websocket-client/abnf.ts';
import { closePayload } from '../../shared/websocket-client/close-payload.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';
import type { ConnectOptions } from './connect-options.ts';
import { alreadyClosed, type DataFrame, FrameLink, type Message, messageOf } from './frame-link.ts';
import { type OpenedTransport, openTransport, openTransportSync } from './open-transport.ts';
import type { SockOptTuple } from './socket-options.ts';
import type { SslOpt } from './tls-options.ts';

export interface WebSocketOptions {
  /** Gives the mask key of each frame that is sent; random ones where left out. */
  readonly getMaskKey?: MaskKeySource | null | undefined;
  readonly sockopt?: readonly SockOptTuple[] | null | undefined;
  readonly sslopt?: SslOpt | null | undefined;
  /** Fragments are received one by one, each with its own opcode, and text is not checked for UTF-8. */
  readonly fireContFrame?: boolean | undefined;
  /** Accepted, and without effect: one thread calls at a time. */
  readonly enableMultithread?: boolean | undefined;
  readonly skipUtf8Validation?: boolean | undefined;
}

export interface CloseOptions {
  readonly status?: number;
  readonly reason?: string | Uint8Array;
  /** Seconds that the server has to answer; 3, null for no limit. */
  readonly timeout?: number | null;
}

/** Opcode and data of a message, or of a control frame. */
export type Data = [opcode: number, data: Uint8Array];

const CLOSE_TIMEOUT_S = 3;

/**
 * A WebSocket for programs that wait: a call blocks the thread until it is done. What ends in `Async` does the
 * same without blocking; both may be used on one connection. The connection lives in a thread of its own, which
 * answers pings and the server's close frame, with its own status, all the same.
 *
 * `timeout` is for every call that waits; one that receives has it anew with each frame. After a timeout nothing
 * is lost: the next call goes on.
 *
 * Runs on: main, or any other thread.
 */
export class WebSocket implements Iterable<Message>, AsyncIterable<Message>, Disposable, AsyncDisposable {
  readonly #options: WebSocketOptions;
  #getMaskKey: MaskKeySource | undefined;
  #timeout: number | null = null;
  #link: FrameLink | undefined;
  #opened: OpenedTransport | undefined;
  #connecting: AbortController | undefined;

  constructor(options: WebSocketOptions = {}) {
    this.#options = options;
    this.#getMaskKey = options.getMaskKey ?? undefined;
  }

  /**
   * Opens the connection.
   *
   * @throws WebSocketBadStatusException and other kinds of WebSocketException, the network's error with its
   * `code`, or ValueError where the address is none.
   */
  connect(url: string, options: ConnectOptions = {}): void {
    this.#expectUnused();
    const all = this.#connectOptions(options);
    this.#adopt(openTransportSync(url, all), all);
  }

  /**
   * The same without blocking; `close`, `abort` and `shutdown` end it meanwhile. The connection keeps the process
   * alive until it is closed.
   */
  async connectAsync(url: string, options: ConnectOptions = {}): Promise<void> {
    this.#expectUnused();
    const all = this.#connectOptions(options);
    const connecting = new AbortController();
    this.#connecting = connecting;
    try {
      const opened = await openTransport(url, all, connecting);
      // Between the two there is a turn in which it may have been ended.
      if (connecting.signal.aborted) opened.transport.abort();
      connecting.signal.throwIfAborted();
      this.#adopt(opened, all);
    } finally {
      this.#connecting = undefined;
    }
  }

  // ---- What is known.

  /** Frames can be sent. What was received before the end can still be received where this is false. */
  get connected(): boolean {
    return this.#link?.isOpen ?? false;
  }

  /** Seconds that a call waits; null waits for ever. */
  get timeout(): number | null {
    return this.#timeout;
  }

  set timeout(seconds: number | null) {
    if (seconds !== null && (typeof seconds !== 'number' || Number.isNaN(seconds) || seconds < 0))
      throw new WebSocketException(`timeout is ${String(seconds)}, expected seconds from 0 on, or null`);
    this.#timeout = seconds;
  }

  gettimeout(): number | null {
    return this.timeout;
  }

  settimeout(seconds: number | null): void {
    this.timeout = seconds;
  }

  setMaskKey(getMaskKey: MaskKeySource | null): void {
    this.#getMaskKey = getMaskKey ?? undefined;
  }

  /** Of the response of the handshake; null before. */
  get status(): number | null {
    return this.#opened?.facts.response.statusCode ?? null;
  }

  getstatus(): number | null {
    return this.status;
  }

  /** Headers of that response by their names in lower case; null before. */
  get headers(): Readonly<Record<string, string>> | null {
    return this.#opened?.headers ?? null;
  }

  getheaders(): Readonly<Record<string, string>> | null {
    return this.headers;
  }

  /** In lower case; null where none was offered. */
  get subprotocol(): string | null {
    return this.#opened?.subprotocol ?? null;
  }

  getsubprotocol(): string | null {
    return this.subprotocol;
  }

  isSsl(): boolean {
    return this.#opened?.facts.uri.startsWith('wss:') ?? false;
  }

  /** -1: the socket is in another thread. */
  fileno(): number {
    return -1;
  }

  // ---- Sending.

  /**
   * Sends a message, and waits until another may follow without piling up.
   *
   * @returns the bytes of its frame.
   * @throws WebSocketConnectionClosedException; WebSocketTimeoutException, the message then being sent all the same.
   */
  send(payload: Message, opcode: number = ABNF.OPCODE_TEXT): number {
    return this.sendFrame(ABNF.createFrame(payload, opcode));
  }

  sendAsync(payload: Message, opcode: number = ABNF.OPCODE_TEXT): Promise<number> {
    return this.sendFrameAsync(ABNF.createFrame(payload, opcode));
  }

  sendText(text: string): number {
    return this.send(text, ABNF.OPCODE_TEXT);
  }

  sendBytes(bytes: Uint8Array): number {
    return this.send(bytes, ABNF.OPCODE_BINARY);
  }

  sendBinary(bytes: Uint8Array): number {
    return this.send(bytes, ABNF.OPCODE_BINARY);
  }

  /** Sends a frame as it is, a fragment of a message say. @returns its bytes. @throws as `send` does, ValueError. */
  sendFrame(frame: ABNF): number {
    const length = this.#write(frame);
    this.#link?.flush(this.#timeout);
    return length;
  }

  async sendFrameAsync(frame: ABNF): Promise<number> {
    const length = this.#write(frame);
    await this.#link?.flushed(this.#timeout);
    return length;
  }

  ping(payload: Message = ''): void {
    this.#write(ABNF.createFrame(bytesOf(payload), ABNF.OPCODE_PING));
  }

  pong(payload: Message = ''): void {
    this.#write(ABNF.createFrame(bytesOf(payload), ABNF.OPCODE_PONG));
  }

  // ---- Receiving.

  /**
   * The next message. An empty text stands for the server's close frame; `recvData` tells them apart.
   *
   * @throws WebSocketConnectionClosedException where the connection is over and all that came is taken;
   * WebSocketTimeoutException; WebSocketProtocolException or WebSocketPayloadException where the server broke a rule.
   */
  recv(): Message {
    const link = this.#expectLink();
    return link.takeMessage() ?? link.block(() => link.takeMessage(), this.#timeout);
  }

  async recvAsync(): Promise<Message> {
    const link = this.#expectLink();
    return await link.wait(() => link.takeMessage(), this.#timeout);
  }

  /** The next message or close frame and its opcode, text as bytes; pings and pongs, too, where asked for. */
  recvData(controlFrame = false): Data {
    return dataOf(this.recvDataFrame(controlFrame));
  }

  async recvDataAsync(controlFrame = false): Promise<Data> {
    return dataOf(await this.recvDataFrameAsync(controlFrame));
  }

  recvDataFrame(controlFrame = false): DataFrame {
    const link = this.#expectLink();
    return link.block(() => link.takeDataFrame(controlFrame), this.#timeout);
  }

  async recvDataFrameAsync(controlFrame = false): Promise<DataFrame> {
    const link = this.#expectLink();
    return await link.wait(() => link.takeDataFrame(controlFrame), this.#timeout);
  }

  /** The next frame, whatever it is. */
  recvFrame(): ABNF {
    const link = this.#expectLink();
    return link.block(() => link.takeFrame(), this.#timeout);
  }

  async recvFrameAsync(): Promise<ABNF> {
    const link = this.#expectLink();
    return await link.wait(() => link.takeFrame(), this.#timeout);
  }

  next(): Message {
    return this.recv();
  }

  /** Messages until the server's close frame. @throws as `recv` does. */
  *[Symbol.iterator](): Generator<Message, void, void> {
    const link = this.#expectLink();
    for (;;) {
      const taken = link.block(() => link.takeDataFrame(false), this.#timeout);
      if (taken[0] === ABNF.OPCODE_CLOSE) return;
      yield messageOf(taken);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    const link = this.#expectLink();
    for (;;) {
      const taken = await link.wait(() => link.takeDataFrame(false), this.#timeout);
      if (taken[0] === ABNF.OPCODE_CLOSE) return;
      yield messageOf(taken);
    }
  }

  // ---- The end.

  /**
   * Sends a close frame and waits for nothing: receive until the server's, or `close`.
   *
   * @throws ValueError where the status takes more than two bytes; WebSocketConnectionClosedException.
   */
  sendClose(status: number = CloseCode.NORMAL_CLOSURE, reason: string | Uint8Array = ''): void {
    this.#write(closeFrame(status, reason));
  }

  /**
   * Closes the connection: sends a close frame and waits for the server's, but no longer than the timeout. What
   * comes before it is passed over. Nothing where it is closed already.
   *
   * @throws ValueError where the status takes more than two bytes, and nothing else.
   */
  close({ status, reason, timeout = CLOSE_TIMEOUT_S }: CloseOptions = {}): void {
    const link = this.#beginClose(status, reason, timeout);
    link?.awaitClose(timeout);
    this.#release(link);
  }

  async closeAsync({ status, reason, timeout = CLOSE_TIMEOUT_S }: CloseOptions = {}): Promise<void> {
    const link = this.#beginClose(status, reason, timeout);
    await link?.closed(timeout);
    this.#release(link);
  }

  /** Ends the connection at once, so that whoever waits for it wakes. What came before can still be received. */
  abort(): void {
    this.#connecting?.abort(alreadyClosed());
    this.#link?.abort();
  }

  /** Ends the connection at once and lets go of it. */
  shutdown(): void {
    this.#release(this.#link);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.closeAsync();
  }

  #connectOptions(options: ConnectOptions): ConnectOptions {
    if (options.timeout !== undefined) this.timeout = options.timeout;
    const { sockopt, sslopt, fireContFrame, skipUtf8Validation } = this.#options;
    return {
      ...options,
      timeout: this.#timeout,
      sockopt: options.sockopt ?? sockopt,
      sslopt: options.sslopt ?? sslopt,
      skipUtf8Validation: fireContFrame || (options.skipUtf8Validation ?? skipUtf8Validation),
    };
  }

  #expectUnused(): void {
    if (this.#connecting !== undefined || this.connected)
      throw new WebSocketException('socket is already opened');
    this.#release(this.#link);
  }

  #adopt(opened: OpenedTransport, { skipUtf8Validation = false }: ConnectOptions): void {
    this.#opened = opened;
    this.#link = new FrameLink(opened.transport, this.#options.fireContFrame ?? false, !skipUtf8Validation);
  }

  #expectLink(): FrameLink {
    if (this.#link === undefined) throw alreadyClosed();
    return this.#link;
  }

  #write(frame: ABNF): number {
    const link = this.#expectLink();
    if (this.#getMaskKey !== undefined) frame.getMaskKey = this.#getMaskKey;
    return link.write(frame);
  }

  /** @returns undefined where there is nothing to close. */
  #beginClose(
    status: number = CloseCode.NORMAL_CLOSURE,
    reason: string | Uint8Array = '',
    timeout: number | null,
  ): FrameLink | undefined {
    const link = this.#link;
    if (link === undefined) return undefined;
    const frame = closeFrame(status, reason);
    if (this.#getMaskKey !== undefined) frame.getMaskKey = this.#getMaskKey;
    try {
      link.write(frame, timeout);
    } catch {
      // It is ending already, or there is no mask key: either way it ends.
      if (link.isOpen) link.abort();
    }
    return link;
  }

  #release(link: FrameLink | undefined): void {
    link?.release();
    if (this.#link !== link) return;
    this.#connecting?.abort(alreadyClosed());
    this.#link = undefined;
  }
}

const closeFrame = (status: number, reason: string | Uint8Array): ABNF =>
  ABNF.createFrame(closePayload(status, reason), ABNF.OPCODE_CLOSE);

const bytesOf = (payload: Message): Uint8Array =>
  typeof payload === 'string' ? encodeUtf8(payload) : payload;

/** What was received has bytes, always. */
const dataOf = ([opcode, { data }]: DataFrame): Data => [opcode, bytesOf(data)];
