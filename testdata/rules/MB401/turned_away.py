"""Who finds an entry and is turned away by it does not use it: it is taken, and not made on first use."""
import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
names = httpx.AsyncClient(base_url="https://names.example")


class Taken(Exception):
    pass


class Desk:
    seats: dict[str, dict] = {}

    async def take(self, seat: str, guest: str) -> None:
        if self.seats.get(seat):  # want MB401 "seats"
            raise Taken(seat)
        self.seats[seat] = (await names.get(f"/{guest}")).json()

    async def take_at_once(self, seat: str, guest: str) -> None:
        if self.seats.get(seat):
            raise Taken(seat)
        self.seats[seat] = {"guest": guest}
        await names.get(f"/{guest}")


desk = Desk()


@app.put("/seats/{seat}")
async def take(seat: str, guest: str):
    try:
        await desk.take(seat, guest)
    except Taken:
        raise HTTPException(409)


class Counter(Desk):
    seats: dict[str, dict] = {}


counter = Counter()


@app.put("/counter/{seat}")
async def take_at_once_ok(seat: str, guest: str):
    try:
        await counter.take_at_once(seat, guest)
    except Taken:
        raise HTTPException(409)
