"""Receives texts with websocket-client's recv(): url, how many are not measured. Prints what came and how long it took."""
import json, sys, time
import websocket

connection = websocket.create_connection(sys.argv[1])
unmeasured = int(sys.argv[2])
messages = characters = 0
begun = 0.0
while True:
    message = connection.recv()
    # What it returns for a close frame.
    if message == "":
        break
    messages += 1
    characters += len(message)
    if messages == unmeasured:
        begun = time.perf_counter()
ended = time.perf_counter()
print(json.dumps({"messages": messages, "characters": characters, "seconds": ended - begun}))
