"""A connection that the constructor cannot make, and that another method of its holder makes when the application starts."""
import asyncio
import json
from contextlib import asynccontextmanager

import aiosqlite
import asyncpg
from fastapi import FastAPI, HTTPException, Request


class Shelf:
    """Opens what its subclasses use."""

    TABLES = ""

    def __init__(self, path: str) -> None:
        self.path = path
        self._db: aiosqlite.Connection | None = None

    async def open(self) -> None:
        self._db = await aiosqlite.connect(self.path)
        await self._db.executescript(self.TABLES)

    async def close(self) -> None:
        if self._db is not None:
            await self._db.close()
            self._db = None


class Labels(Shelf):
    TABLES = "CREATE TABLE IF NOT EXISTS jars (id TEXT PRIMARY KEY, labels TEXT NOT NULL, opened INTEGER NOT NULL)"

    async def stick(self, jar_id: str, label: str, by: str) -> None:
        async with self._db.execute("SELECT labels FROM jars WHERE id = ?", (jar_id,)) as cursor:
            row = await cursor.fetchone()
        if row is None:
            raise HTTPException(404)
        labels = json.loads(row[0])
        labels[label] = by
        await self._db.execute("UPDATE jars SET labels = ? WHERE id = ?", (json.dumps(labels), jar_id))  # want MB101 "jars.labels"
        await self._db.commit()

    async def count_opening(self, jar_id: str) -> None:
        await self._db.execute("UPDATE jars SET opened = opened + 1 WHERE id = ?", (jar_id,))
        await self._db.commit()


class Tins(Shelf):
    TABLES = "CREATE TABLE IF NOT EXISTS tins (id TEXT PRIMARY KEY, labels TEXT NOT NULL)"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._turn = asyncio.Lock()

    async def stick(self, tin_id: str, label: str, by: str) -> None:
        async with self._turn:
            async with self._db.execute("SELECT labels FROM tins WHERE id = ?", (tin_id,)) as cursor:
                row = await cursor.fetchone()
            if row is None:
                raise HTTPException(404)
            labels = json.loads(row[0])
            labels[label] = by
            await self._db.execute("UPDATE tins SET labels = ? WHERE id = ?", (json.dumps(labels), tin_id))
            await self._db.commit()


class Scales:
    """Makes its pool under a local name, and hands it over last."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pool = None

    async def start(self) -> None:
        pool = await asyncpg.create_pool(self.url)
        async with pool.acquire() as conn:
            await conn.execute("SET TIME ZONE 'UTC'")
        self.pool = pool

    async def weigh(self, scale_id: int, grams: int) -> None:
        async with self.pool.acquire() as conn:
            total = await conn.fetchval("SELECT grams FROM scales WHERE id = $1", scale_id)
            await conn.execute("UPDATE scales SET grams = $1 WHERE id = $2", total + grams, scale_id)  # want MB101 "scales.grams"

    async def weigh_in_one(self, scale_id: int, grams: int) -> None:
        async with self.pool.acquire() as conn:
            await conn.execute("UPDATE scales SET grams = grams + $1 WHERE id = $2", grams, scale_id)


class Database:
    """A thin wrapper: what it is told to do stands at the caller."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection = None

    async def connect(self) -> None:
        self.connection = await aiosqlite.connect(self.path)

    async def write(self, query: str, args: tuple = ()):
        cursor = await self.connection.execute(query, args)
        await self.connection.commit()
        return cursor

    async def first(self, query: str, args: tuple = ()):
        cursor = await self.connection.execute(query, args)
        return await cursor.fetchone()


CRATES = "CREATE TABLE IF NOT EXISTS crates (id TEXT PRIMARY KEY, jars INTEGER NOT NULL)"
crates = Database("crates.db")
labels = Labels("jars.db")
tins = Tins("tins.db")
scales = Scales("postgresql://localhost/pantry")


@asynccontextmanager
async def lifespan(app: FastAPI):
    await crates.connect()
    await crates.write(CRATES)
    await labels.open()
    await tins.open()
    await scales.start()
    app.state.labels = labels
    yield
    await labels.close()
    await tins.close()


app = FastAPI(lifespan=lifespan)


@app.post("/jars/{jar_id}/labels")
async def stick_on_jar(jar_id: str, label: str, by: str, request: Request):
    await request.app.state.labels.stick(jar_id, label, by)


@app.post("/jars/{jar_id}/openings")
async def open_jar(jar_id: str, request: Request):
    await request.app.state.labels.count_opening(jar_id)


@app.post("/tins/{tin_id}/labels")
async def stick_on_tin(tin_id: str, label: str, by: str):
    await tins.stick(tin_id, label, by)


@app.post("/scales/{scale_id}/weighings")
async def weigh(scale_id: int, grams: int):
    await scales.weigh(scale_id, grams)


@app.post("/scales/{scale_id}/weighings/one")
async def weigh_in_one(scale_id: int, grams: int):
    await scales.weigh_in_one(scale_id, grams)


@app.post("/crates/{crate_id}/jars")
async def fill_crate(crate_id: str, count: int):
    row = await crates.first("SELECT jars FROM crates WHERE id = ?", (crate_id,))
    if row is None:
        raise HTTPException(404)
    await crates.write("UPDATE crates SET jars = ? WHERE id = ?", (row["jars"] + count, crate_id))  # want MB101 "crates.jars"
