/**
 * Node's HTTP server without its HTTP client: an `import` of `node:http` reads all of its exports, and `WebSocket` among
 * them loads undici, which makes a start 50 ms longer.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
