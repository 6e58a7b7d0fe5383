// SPDX-License-Identifier: MIT
// The gateway on the wire: node's own zlib reads what the mock sends with compress=zlib-stream.
import { createInflate, constants } from 'node:zlib';
import WebSocket from 'ws';

const inflate = createInflate({ flush: constants.Z_SYNC_FLUSH });
const socket = new WebSocket(`${process.env.MOCK_GATEWAY}/?v=10&encoding=json&compress=zlib-stream`);
const token = process.env.MOCK_TOKEN;
let frames = 0;
const names = [];

inflate.on('data', (text) => {
  const payload = JSON.parse(text.toString());
  names.push(payload.t ?? `op ${payload.op}`);
  if (payload.op === 10) {
    socket.send(JSON.stringify({
      op: 2, d: { token, intents: 1, properties: { os: 'linux', browser: 'wire', device: 'wire' } },
    }));
  }
  if (payload.t === 'GUILD_CREATE') socket.close(1000);
});
socket.on('message', (data, binary) => {
  frames += 1;
  if (!binary || data.subarray(-4).toString('hex') !== '0000ffff') {
    console.log(JSON.stringify({ event: 'wire', problem: 'a frame that does not end with 00 00 ff ff' }));
    process.exit(1);
  }
  inflate.write(data);
});
socket.on('close', (code) => {
  console.log(JSON.stringify({ event: 'wire', names, frames, code }));
  process.exit(0);
});
