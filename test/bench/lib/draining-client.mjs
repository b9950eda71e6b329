// A client that costs as little as possible, since it shares the machine with the server that is measured: it receives every
// byte of an answer into the same memory, keeps none of them, and says when the last one has come.
import { connect } from 'node:net';

const roomBytes = 64 * 1024;
const endOfHead = '\r\n\r\n';

/** Asks one question at a time, or hands over one body, over one connection as long as the server keeps it. */
export class DrainingClient {
  #room = Buffer.allocUnsafeSlow(roomBytes);
  #socket;
  /** What is being answered: the head as far as it came, how many bytes are still to come, whether the connection ends then, and whom to tell. */
  #asked;

  /** Resolves when the answer is whole, and rejects unless it says 200, or 204. A question with a body is a POST. */
  ask(url, headers = {}, body = undefined) {
    const { host, hostname, port, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      this.#asked = { url, head: '', left: undefined, resolve, reject };
      this.#socket ??= this.#connect(hostname, Number(port));
      // Of version 1.0, so that no answer comes in chunks: it has a length, or ends with the connection (RFC 9112, section 6.3).
      const fields = { host, connection: 'keep-alive', ...headers, ...(body && { 'content-length': body.length }) };
      const lines = Object.entries(fields).map((field) => field.join(': '));
      this.#socket.cork();
      this.#socket.write([`${body ? 'POST' : 'GET'} ${pathname}${search} HTTP/1.0`, ...lines].join('\r\n') + endOfHead);
      if (body) this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #connect(host, port) {
    const onread = { buffer: this.#room, callback: (length) => this.#take(length) };
    const socket = connect({ host, port, noDelay: true, onread });
    socket.on('error', (error) => this.#socket === socket && this.#fail(error.message));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (this.#asked?.left === Number.POSITIVE_INFINITY) this.#finish();
      else this.#fail('the answer broke off');
    });
    return socket;
  }

  #take(length) {
    const asked = this.#asked;
    if (asked === undefined) return false; // nobody asked for more
    asked.left = asked.left === undefined ? this.#readHead(asked, length) : asked.left - length;
    if (this.#asked?.left === 0) this.#finish();
    return true;
  }

  // How many bytes of the body are still to come; undefined as long as the head is not whole.
  #readHead(asked, length) {
    asked.head += this.#room.latin1Slice(0, length);
    const bodyAt = asked.head.indexOf(endOfHead) + endOfHead.length;
    if (bodyAt < endOfHead.length) return undefined;
    asked.isLast = !/^connection: *keep-alive/im.test(asked.head.slice(0, bodyAt));
    const status = /^HTTP\/1\.\d (\d+)/.exec(asked.head)?.[1];
    if (status === '204') return 0; // has no body, and says no length
    if (status !== '200') this.#fail(asked.head);
    const bodyBytes = /^content-length: *(\d+)/im.exec(asked.head.slice(0, bodyAt))?.[1] ?? Number.POSITIVE_INFINITY;
    return Number(bodyBytes) - (asked.head.length - bodyAt);
  }

  // What may still come belongs to no question.
  #fail(reason) {
    this.#asked?.reject(new Error(`${this.#asked.url}: ${reason}`));
    this.#asked = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #finish() {
    const { resolve, isLast } = this.#asked;
    this.#asked = undefined;
    if (isLast) this.#fail('no further answer comes over this connection');
    resolve();
  }
}
