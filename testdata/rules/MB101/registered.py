"""Handlers that modules put into a registry while they are imported are found behind it, each under the key that it was put there for."""
import enum
from collections import defaultdict
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/depot"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bin(Base):
    __tablename__ = "bins"

    id: Mapped[int] = mapped_column(primary_key=True)
    seeds: Mapped[int]
    pots: Mapped[int]
    tools: Mapped[int]
    bulbs: Mapped[int]
    labels: Mapped[int]
    trays: Mapped[int]
    moss: Mapped[int]
    peat: Mapped[int]


@dataclass
class TakeSeeds:
    bin: int


@dataclass
class TakePots:
    bin: int


class Bus:
    def __init__(self):
        self._handlers = {}
        self._listeners = defaultdict(list)

    def handles(self, kind):
        def keep(handler):
            self._handlers[kind] = handler
            return handler

        return keep

    def listen(self, kind, listener):
        self._listeners[kind].append(listener)

    async def send(self, command):
        return await self._handlers[type(command)](command)

    async def publish(self, event):
        for listener in self._listeners[type(event)]:
            await listener(event)


bus = Bus()


@bus.handles(TakeSeeds)
async def take_seeds(command: TakeSeeds):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, command.bin)
        if found.seeds < 1:
            raise HTTPException(409)
        found.seeds = found.seeds - 1  # want MB101 "POST /seeds/{bin}"


@bus.handles(TakePots)
async def take_pots(command: TakePots):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, command.bin, with_for_update=True)
        if found.pots < 1:
            raise HTTPException(409)
        found.pots = found.pots - 1


async def less_moss(event: TakeSeeds):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, event.bin)
        if found.moss < 1:
            raise HTTPException(409)
        found.moss = found.moss - 1  # want MB101 "POST /moss/{bin}"


bus.listen(TakeSeeds, less_moss)


@app.post("/seeds/{bin}")
async def seeds(bin: int):
    await bus.send(TakeSeeds(bin))


@app.post("/pots/{bin}")
async def pots(bin: int):
    await bus.send(TakePots(bin))


@app.post("/moss/{bin}")
async def moss(bin: int):
    await bus.publish(TakeSeeds(bin))


class Kind(enum.Enum):
    COUNTED = "counted"
    TAKEN = "taken"


async def count_tools(bin: int):
    async with Session() as db:
        return (await db.get_one(Bin, bin)).tools


async def take_tool(bin: int):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, bin)
        if found.tools < 1:
            raise HTTPException(409)
        found.tools = found.tools - 1  # want MB101 "POST /tools/{bin}/{kind}"


TOOLS = {Kind.COUNTED: count_tools, Kind.TAKEN: take_tool}


@app.post("/tools/{bin}/{kind}")
async def tools(bin: int, kind: Kind):
    return await TOOLS[kind](bin)


makers = {}


class Maker:
    def __init_subclass__(cls, named: str, **kw):
        super().__init_subclass__(**kw)
        makers[named] = cls


class BulbMaker(Maker, named="bulbs"):
    async def make(self, bin: int):
        async with Session() as db, db.begin():
            found = await db.get_one(Bin, bin)
            if found.bulbs < 1:
                raise HTTPException(409)
            found.bulbs = found.bulbs - 1  # want MB101 "POST /made/{named}/{bin}"


@app.post("/made/{named}/{bin}")
async def made(named: str, bin: int):
    maker = makers.get(named)
    if maker is None:
        raise HTTPException(404)
    await maker().make(bin)


hooks = []


async def fewer_labels(bin: int):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, bin)
        if found.labels < 1:
            raise HTTPException(409)
        found.labels = found.labels - 1  # want MB101 "POST /labels/{bin}"


hooks.append(fewer_labels)


@app.post("/labels/{bin}")
async def labels(bin: int):
    for hook in hooks:
        await hook(bin)


jobs = {}


def add_job(name, job):
    jobs[name] = job


async def clear_tray(bin: int):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, bin)
        if found.trays < 1:
            raise HTTPException(409)
        found.trays = found.trays - 1  # want MB101 "POST /trays/{bin}"


@app.on_event("startup")
def set_up():
    add_job("trays", clear_tray)


@app.post("/trays/{bin}")
async def trays(bin: int):
    await jobs["trays"](bin)


listeners = {}


def when(kind):
    def keep(listener):
        listeners.setdefault(kind, []).append(listener)
        return listener

    return keep


@when(TakePots)
async def less_peat(event: TakePots):
    async with Session() as db, db.begin():
        found = await db.get_one(Bin, event.bin)
        if found.peat < 1:
            raise HTTPException(409)
        found.peat = found.peat - 1  # want MB101 "POST /peat/{bin}"


@app.post("/peat/{bin}")
async def peat(bin: int):
    event = TakePots(bin)
    for listener in listeners.get(type(event), []):
        await listener(event)
