"""What a program of its own puts in the place of a part of the service is not what the service runs on."""
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Pantry:
    def __init__(self):
        self.shelf = None

    async def put(self, jar: str) -> bool:
        return await self.shelf.put(jar)


pantry = Pantry()


@app.post("/jars/{jar}")
async def store(jar: str):
    if not await pantry.put(jar):
        raise HTTPException(409)
