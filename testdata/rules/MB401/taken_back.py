"""What is entered before the wait and taken back when it fails."""
import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
gate = httpx.AsyncClient(base_url="https://gate.example")


class Meadow:
    def __init__(self, pitches: int) -> None:
        self.pitches = pitches
        self.tents: list[str] = []

    @property
    def free(self) -> int:
        return self.pitches - len(self.tents)

    async def pitch(self, name: str) -> None:
        if self.free <= 0:
            raise HTTPException(409)
        self.tents.append(name)
        try:
            await gate.post("/open")
        except BaseException:
            self.tents.remove(name)
            raise

    def leave(self, name: str) -> None:
        self.tents = [t for t in self.tents if t != name]


meadow = Meadow(30)


@app.post("/tents/{name}")
async def pitch(name: str):
    await meadow.pitch(name)


@app.delete("/tents/{name}")
async def leave(name: str):
    meadow.leave(name)


if __name__ == "__main__":
    uvicorn.run("taken_back:app", workers=1)
