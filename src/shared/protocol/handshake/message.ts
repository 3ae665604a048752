import { MisuseError } from '../../invariant.ts';
import { latin1Bytes, printable } from '../../text/latin1.ts';
import type { Headers } from './headers.ts';

const NO_BODY = new Uint8Array(0);
const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The request of an opening handshake. */
export class Request {
  /** With the query. Nothing in it is decoded. */
  path: string;
  headers: Headers;
  method: string;
  /** `HTTP/1.1`, or `HTTP/1.0` where a client sent that. */
  protocol: string;

  constructor(path: string, headers: Headers, method = 'GET', protocol = 'HTTP/1.1') {
    this.path = path;
    this.headers = headers;
    this.method = method;
    this.protocol = protocol;
  }

  /** @throws MisuseError where the request line would not be one line of three parts. */
  serialize(): Uint8Array {
    expectForm('method', this.method, TOKEN);
    expectForm('path', this.path, TARGET);
    expectForm('protocol', this.protocol, TARGET);
    return latin1Bytes(`${this.method} ${this.path} ${this.protocol}\r\n${this.headers}`);
  }
}

/** The response of an opening handshake. */
export class Response {
  statusCode: number;
  reasonPhrase: string;
  headers: Headers;
  body: Uint8Array;

  constructor(statusCode: number, reasonPhrase: string, headers: Headers, body: Uint8Array = NO_BODY) {
    this.statusCode = statusCode;
    this.reasonPhrase = reasonPhrase;
    this.headers = headers;
    this.body = body;
  }

  /** @throws MisuseError where the status line would not be one line. */
  serialize(): Uint8Array {
    expectForm('statusCode', String(this.statusCode), /^[1-5]\d\d$/);
    expectForm('reasonPhrase', this.reasonPhrase, REASON);
    const head = latin1Bytes(`HTTP/1.1 ${this.statusCode} ${this.reasonPhrase}\r\n${this.headers}`);
    if (this.body.length === 0) return head;
    const bytes = new Uint8Array(head.length + this.body.length);
    bytes.set(head);
    bytes.set(this.body, head.length);
    return bytes;
  }
}

function expectForm(what: string, text: string, form: RegExp): void {
  if (!form.test(text))
    throw new MisuseError(`Condition failed: ${what} is ${printable(text)}, which HTTP does not allow`);
}
