// A port that speaks two protocols: HTTP/2 with prior knowledge (gRPC) and HTTP/1 (identity, and a clear answer to those
// who send OTLP/HTTP to the gRPC port). The first bytes of a connection tell which.
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { headersTimeoutMs, maxConnections } from './limits.ts';

/** First bytes of every HTTP/2 connection. RFC 9113, section 3.4. */
const http2Preface = Buffer.from('PRI * HTTP/2.0', 'latin1');

/** What a keeper's port has to be able to do when it ends. */
export interface Port {
  readonly server: Server;
  readonly closeIdleConnections: () => void;
  readonly closeAllConnections: () => void;
}

/** A plain HTTP server as a port. */
export function makeHttpPort(server: HttpServer): Port {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    server,
    closeIdleConnections: () => server.closeIdleConnections(),
    // The server itself forgets connections that became WebSockets, and would wait for them all the same.
    closeAllConnections: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** A port that hands HTTP/2 connections to `acceptHttp2` and all others to `http1`. */
export function makeSharedPort(http1: HttpServer, acceptHttp2: (socket: Socket) => void): Port {
  const open = new Set<Socket>();
  const overHttp2 = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      overHttp2.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    sniff(socket, (isHttp2) => {
      if (!isHttp2) return void http1.emit('connection', socket);
      overHttp2.add(socket);
      acceptHttp2(socket);
    });
  });
  server.maxConnections = maxConnections;
  // An HTTP server keeps track of its connections, and ends those that are too slow, from its own `listening` on.
  server.once('listening', () => http1.emit('listening'));
  server.once('close', () => http1.close());
  const destroyAll = (sockets: Iterable<Socket>): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    server,
    closeIdleConnections: () => {
      // Connections of gRPC live as long as their client; there is nothing to wait for once the port is closed.
      destroyAll(overHttp2);
      http1.closeIdleConnections();
    },
    closeAllConnections: () => destroyAll(open),
  };
}

function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const silent = setTimeout(() => socket.destroy(), headersTimeoutMs).unref();
  socket.once('close', () => clearTimeout(silent));
  const look = () => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) {
      socket.once('readable', look);
      return;
    }
    socket.unshift(bytes);
    const sample = bytes.subarray(0, http2Preface.length);
    if (sample.length < http2Preface.length && http2Preface.subarray(0, sample.length).equals(sample)) {
      socket.once('readable', look);
      return;
    }
    clearTimeout(silent);
    decide(sample.equals(http2Preface));
  };
  socket.once('readable', look);
}
