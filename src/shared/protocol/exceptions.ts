/** All that a connection, its handshake or its use can end in, for the entries that export it. */
export * from './errors/connection-closed.ts';
export * from './errors/handshake-errors.ts';
export * from './errors/header-errors.ts';
export * from './errors/websocket-exception.ts';
