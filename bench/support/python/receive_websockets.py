"""Receives texts with websockets (asyncio): url, how many are not measured. Prints what came and how long it took."""
import asyncio, json, sys, time
import websockets

async def main(url, unmeasured):
    messages = characters = 0
    begun = ended = 0.0
    async with websockets.connect(url) as connection:
        async for message in connection:
            messages += 1
            characters += len(message)
            if messages == unmeasured:
                begun = time.perf_counter()
        ended = time.perf_counter()
    print(json.dumps({"messages": messages, "characters": characters, "seconds": ended - begun}))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
