// Says hello to the echo server with the protocol alone: its bytes go over a socket that is the program's own.
import { connect } from 'node:net';
import { ClientProtocol, Frame, OPCODE, State } from 'ringfeed/protocol';

const protocol = new ClientProtocol(process.env['RINGFEED_URL'] ?? 'ws://localhost:8765');
const socket = connect(protocol.uri.port, protocol.uri.host);

function flush(): void {
  for (const bytes of protocol.dataToSend())
    if (bytes.length > 0) socket.write(bytes);
    else socket.end();
}

protocol.sendRequest(protocol.connect());
flush();

socket.on('data', (bytes) => {
  protocol.receiveData(bytes);
  for (const event of protocol.eventsReceived())
    if (event instanceof Frame) {
      if (event.opcode !== OPCODE.text) continue;
      console.log(`Received: ${new TextDecoder().decode(event.data)}`);
      protocol.sendClose(1000);
    } else if (protocol.state === State.OPEN) protocol.sendText(new TextEncoder().encode('Hello world!'));
  flush();
});
socket.on('end', () => {
  protocol.receiveEof();
  flush();
  console.log(protocol.handshakeException?.message ?? `Closed: ${protocol.closeCode}`);
});
