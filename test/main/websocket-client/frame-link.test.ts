import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FrameLink } from '../../../src/main/websocket-client/frame-link.ts';
import { openTransport } from '../../../src/main/websocket-client/open-transport.ts';
import { ABNF } from '../../../src/shared/websocket-client/abnf.ts';
import { type RawPeer, rawServer } from '../../support/raw-server.ts';
import { close, text, wireFrame } from '../../support/wire-frame.ts';

/** A link and the other end of it. */
async function linked(t: TestContext, fireContFrame = false): Promise<[FrameLink, RawPeer]> {
  let accepted: (peer: RawPeer) => void = () => {};
  const peer = new Promise<RawPeer>((resolve) => {
    accepted = resolve;
  });
  const server = await rawServer({
    script: async (one) => {
      await one.write(one.accept());
      accepted(one);
    },
  });
  const { transport } = await openTransport(server.url, {});
  const link = new FrameLink(transport, fireContFrame, true);
  t.after(async () => {
    link.release();
    await server.close();
  });
  return [link, await peer];
}

test('of several who wait each gets one message, in the order they came', async (t) => {
  const [link, peer] = await linked(t);
  const waiting = ['a', 'b', 'c'].map(() => link.wait(() => link.takeMessage(), null));
  await peer.write(Buffer.concat([text('1'), text('2', { fin: false }), wireFrame(0, '!'), text('3')]));
  assert.deepEqual((await Promise.all(waiting)).toSorted(), ['1', '2!', '3']);
});

test('who waits without blocking is woken after the thread was blocked on the same connection', async (t) => {
  const [link, peer] = await linked(t);
  const waiting = link.wait(() => link.takeMessage(), null);
  await new Promise((resolve) => setImmediate(resolve));
  assert.throws(() => link.block(() => link.takeMessage(), 0.02), { name: 'WebSocketTimeoutException' });
  await peer.write(text('late'));
  assert.equal(await waiting, 'late');
});

test('each frame gives those who wait their time anew', async (t) => {
  const [link, peer] = await linked(t);
  let isOver = false;
  const waiting = link
    .wait(() => link.takeMessage(), 1.5)
    .finally(() => {
      isOver = true;
    });
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(isOver, false);
    await peer.write(i === 3 ? text('done') : wireFrame(9, '?'));
  }
  assert.equal(await waiting, 'done');
});

test('nothing is written behind a close frame, and the frame is written once', async (t) => {
  const [link, peer] = await linked(t);
  const frame = (): ABNF => ABNF.createFrame(new Uint8Array([0x0f, 0xa0]), ABNF.OPCODE_CLOSE);
  assert.equal(link.write(frame()), 8);
  assert.equal(link.isOpen, false);
  assert.throws(() => link.write(frame()), { message: 'socket is already closed.' });
  assert.throws(() => link.write(ABNF.createFrame('a', 1)), { message: 'socket is already closed.' });
  assert.equal((await peer.frame(8))?.payload.readUInt16BE(), 4000);
  await peer.write(close(4000));
  await link.closed(null);
  assert.equal(peer.frames.length, 1);
});

test('writing waits where the peer does not read, and in no case longer than its time', async (t) => {
  const [link, peer] = await linked(t);
  peer.socket.pause();
  const write = (): number => link.write(ABNF.createFrame(new Uint8Array(1_000_000), ABNF.OPCODE_BINARY));
  for (let i = 0; i < 20; i++) write();
  await assert.rejects(link.flushed(0.02), { name: 'WebSocketTimeoutException', message: 'timed out' });
  assert.throws(() => link.flush(0.02), { name: 'WebSocketTimeoutException' });
  peer.socket.resume();
  await link.flushed(null);
});
