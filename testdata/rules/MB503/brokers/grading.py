"""Runs as a process of its own."""
import asyncio
import json

from rows import Crate, Session, crates


async def run() -> None:
    consumer = crates()
    await consumer.start()
    async for message in consumer:
        async with Session.begin() as db:
            crate = await db.get(Crate, json.loads(message.value)["id"])
            if crate is not None:
                crate.graded = True


if __name__ == "__main__":
    asyncio.run(run())
