"""An object that registers its own methods as routes is one for all requests; one that a request gets by a dependency is its own."""
import asyncio

from fastapi import APIRouter, Depends, FastAPI, HTTPException


class Booth:
    def __init__(self, prefix: str):
        self.taken: dict[int, str] = {}
        self.held: dict[int, str] = {}
        self.one = asyncio.Lock()
        self.router = APIRouter(prefix=prefix)
        self.router.add_api_route("/{seat}/late", self.late, methods=["POST"])
        self.router.add_api_route("/{seat}/alone", self.alone, methods=["POST"])

    async def late(self, seat: int, guest: str):
        if seat in self.taken:  # want MB401 "taken"
            raise HTTPException(409)
        await asyncio.sleep(1)
        self.taken[seat] = guest

    async def alone(self, seat: int, guest: str):
        async with self.one:
            if seat in self.held:
                raise HTTPException(409)
            await asyncio.sleep(1)
            self.held[seat] = guest


class Slip:
    def __init__(self):
        self.lines: dict[int, str] = {}

    async def note(self, seat: int, guest: str):
        if seat not in self.lines:
            await asyncio.sleep(1)
            self.lines[seat] = guest


app = FastAPI()
app.include_router(Booth("/booth").router)


@app.post("/slips/{seat}")
async def slip(seat: int, guest: str, of: Slip = Depends()):
    await of.note(seat, guest)
