"""Receives texts with websocket-client's WebSocketApp: url, how many are not measured. Prints what came and how long it took."""
import json, sys, time
import websocket

unmeasured = int(sys.argv[2])
messages = characters = 0
begun = 0.0

def on_message(app, message):
    global messages, characters, begun
    messages += 1
    characters += len(message)
    if messages == unmeasured:
        begun = time.perf_counter()

websocket.WebSocketApp(sys.argv[1], on_message=on_message).run_forever()
ended = time.perf_counter()
print(json.dumps({"messages": messages, "characters": characters, "seconds": ended - begun}))
