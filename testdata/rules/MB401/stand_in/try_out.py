import asyncio


class WoodenShelf:
    def __init__(self):
        self.jars = {}

    async def put(self, jar: str) -> bool:
        if jar in self.jars:
            return False
        await asyncio.sleep(0.1)
        self.jars[jar] = True
        return True


async def build():
    from app import pantry

    pantry.shelf = WoodenShelf()


async def try_out():
    await build()
    from app import pantry

    print(await pantry.put("plums"))


if __name__ == "__main__":
    asyncio.run(try_out())
